#define MS_CLASS "RTC::InstantStart"
// #define MS_LOG_DEV_LEVEL 3

#include "RTC/InstantStart.hpp"
#include "Logger.hpp"
#include "WorkerCounters.hpp"
#include <algorithm> // std::find_if(), std::min()

namespace RTC
{
	/* Static. */

	// What may leave at once to a viewer, about 100 Mbps, and to another Router, whose
	// socket holds little more (bytes).
	static constexpr size_t MaxDose{ 64 * 1024 };
	static constexpr size_t MaxPipeDose{ 32 * 1024 };
	// A longer distance of two frames is a pause (90 kHz).
	static constexpr uint32_t MaxFrameTs{ 9000 };
	// How long to wait for a packet that is missing in the cache (ms).
	static constexpr int64_t MaxGapMs{ 100 };
	// A broadcaster that answers is asked for a key frame rather than have a viewer
	// decode more than this (ms).
	static constexpr int64_t MaxAnsweringAgeMs{ 2000 };
	// A request that was answered within this was answered at once (ms).
	static constexpr int64_t AnswerMs{ 500 };
	// How long a viewer waits for that key frame (ms).
	static constexpr int64_t AnswerPatienceMs{ 300 };
	// A viewer that has not caught up until then waits for the next key frame (ms).
	static constexpr int64_t GiveUpMs{ 5000 };
	// Of each interval the live packets of other viewers get at least a half (us).
	static constexpr int64_t MaxBusyUs{ RTC::CatchUpPace::IntervalMs * 1000 / 2 };

	// What has been spent of the current interval, by all Routers of this worker.
	static thread_local int64_t intervalStartUs{ 0 };
	static thread_local int64_t busyUs{ 0 };

	/* Instance methods. */

	InstantStart::InstantStart(SharedInterface* shared)
	  : shared(shared),
	    limits(RTC::GopCache::Limits::FromEnvironment()),
	    starts(WorkerCounters::Get("gop-cache.starts")),
	    packets(WorkerCounters::Get("gop-cache.packets")),
	    requests(WorkerCounters::Get("gop-cache.requests")),
	    repairs(WorkerCounters::Get("gop-cache.repairs")),
	    spared(WorkerCounters::Get("gop-cache.spared")),
	    refused(WorkerCounters::Get("gop-cache.refused"))
	{
		MS_TRACE();
	}

	InstantStart::~InstantStart()
	{
		MS_TRACE();

		delete this->timer;
		this->timer = nullptr;
	}

	void InstantStart::PacketReceived(
	  RTC::Producer* producer, RTC::RTP::Packet* packet, RTC::RTP::SharedPacket& sharedPacket)
	{
		MS_TRACE();

		if (this->limits.maxAgeMs == 0 || producer->GetKind() != RTC::Media::Kind::VIDEO)
		{
			return;
		}

		auto* stream = GetOrCreateStream(producer, packet->GetSsrc());

		if (!stream)
		{
			return;
		}

		const int64_t nowMs = this->shared->GetTimeMs();
		// The aggregation header's N bit: first packet of a coded video sequence.
		// https://aomediacodec.github.io/av1-rtp-spec/#44-av1-aggregation-header
		const bool startsKeyFrame =
		  packet->IsKeyFrame() ||
		  (stream->isAv1 && packet->GetPayloadLength() > 0 && (packet->GetPayload()[0] & 0x08) != 0);

		if (startsKeyFrame && stream->requestedAtMs != 0)
		{
			stream->answers       = nowMs - stream->requestedAtMs <= AnswerMs;
			stream->requestedAtMs = 0;
		}

		stream->cache.Insert(packet, sharedPacket, startsKeyFrame, nowMs);
	}

	bool InstantStart::KeyFrameRequested(
	  RTC::Producer* producer, RTC::Consumer* consumer, uint32_t mappedSsrc)
	{
		MS_TRACE();

		if (this->limits.maxAgeMs == 0 || producer->GetKind() != RTC::Media::Kind::VIDEO)
		{
			return false;
		}

		auto* stream = GetStream(mappedSsrc);

		if (auto* newcomer = FindNewcomer(consumer, mappedSsrc))
		{
			// It paused in between, and begins anew.
			if (newcomer->pace.has_value() && consumer->IsSyncRequired(mappedSsrc))
			{
				newcomer->pace.reset();
			}

			++this->spared;

			return true;
		}

		const int64_t nowMs = this->shared->GetTimeMs();
		const bool isUsable = stream && stream->producer == producer && stream->cache.IsUsable(nowMs);

		// It lost something on its way.
		if (!consumer->IsSyncRequired(mappedSsrc))
		{
			NoteRequest(stream);

			if (isUsable && !stream->answers && consumer->MayBeRepaired())
			{
				consumer->RequireSync(mappedSsrc);
				Begin(AddNewcomer(consumer, mappedSsrc, nowMs));
				++this->repairs;
			}

			return false;
		}

		if (!isUsable)
		{
			++this->refused;
			NoteRequest(stream);

			return false;
		}

		const bool asksFirst = stream->answers && stream->cache.GetAgeMs(nowMs) > MaxAnsweringAgeMs;
		auto& newcomer       = AddNewcomer(consumer, mappedSsrc, nowMs);

		if (asksFirst)
		{
			newcomer.notBeforeMs = nowMs + AnswerPatienceMs;

			// Those who come before the answer wait for the same one.
			if (stream->requestedAtMs == 0 || nowMs - stream->requestedAtMs > AnswerMs)
			{
				stream->requestedAtMs = 0;
				NoteRequest(stream);

				return false;
			}
		}
		else
		{
			Begin(newcomer);
		}

		++this->spared;

		return true;
	}

	void InstantStart::ConsumerClosed(RTC::Consumer* consumer)
	{
		MS_TRACE();

		this->newcomers.remove_if(
		  [consumer](const Newcomer& newcomer)
		  {
			  return newcomer.consumer == consumer;
		  });
	}

	void InstantStart::ProducerInterrupted(RTC::Producer* producer)
	{
		MS_TRACE();

		for (auto it = this->mapMappedSsrcStream.begin(); it != this->mapMappedSsrcStream.end();)
		{
			if (it->second->producer == producer)
			{
				it = this->mapMappedSsrcStream.erase(it);
			}
			else
			{
				++it;
			}
		}
	}

	void InstantStart::StreamReplaced(uint32_t mappedSsrc)
	{
		MS_TRACE();

		this->mapMappedSsrcStream.erase(mappedSsrc);
	}

	void InstantStart::OnTimer(TimerHandleInterface* /*timer*/)
	{
		MS_TRACE();

		const int64_t startUs = this->shared->GetTimeUs();

		if (startUs - intervalStartUs >= RTC::CatchUpPace::IntervalMs * 1000)
		{
			intervalStartUs = startUs;
			busyUs          = 0;
		}

		// Who came first is helped first: together they would all be late.
		for (auto it = this->newcomers.begin(); it != this->newcomers.end() && busyUs < MaxBusyUs;)
		{
			const int64_t beforeUs = this->shared->GetTimeUs();
			const auto progress    = Advance(*it, beforeUs / 1000);

			busyUs += this->shared->GetTimeUs() - beforeUs;

			if (progress == Progress::DONE)
			{
				it->consumer->EndCatchUp(it->mappedSsrc);
				it = this->newcomers.erase(it);
			}
			else
			{
				++it;
			}
		}

		if (this->newcomers.empty())
		{
			this->timer->Stop();
		}
	}

	InstantStart::Stream* InstantStart::GetStream(uint32_t mappedSsrc) const
	{
		MS_TRACE();

		const auto it = this->mapMappedSsrcStream.find(mappedSsrc);

		return it == this->mapMappedSsrcStream.end() ? nullptr : it->second.get();
	}

	InstantStart::Stream* InstantStart::GetOrCreateStream(RTC::Producer* producer, uint32_t mappedSsrc)
	{
		MS_TRACE();

		auto& stream = this->mapMappedSsrcStream[mappedSsrc];

		if (!stream)
		{
			const auto& codecs = producer->GetRtpParameters().codecs;
			const bool isAv1 =
			  !codecs.empty() && codecs[0].mimeType.subtype == RTC::RtpCodecMimeType::Subtype::AV1;

			stream = std::unique_ptr<Stream>(
			  new Stream{ .producer = producer, .cache = RTC::GopCache(this->limits), .isAv1 = isAv1 });
		}

		// Mapped SSRCs are random, and two Producers might have got the same.
		return stream->producer == producer ? stream.get() : nullptr;
	}

	InstantStart::Newcomer* InstantStart::FindNewcomer(const RTC::Consumer* consumer, uint32_t mappedSsrc)
	{
		MS_TRACE();

		const auto it = std::find_if(
		  this->newcomers.begin(),
		  this->newcomers.end(),
		  [consumer, mappedSsrc](const Newcomer& newcomer)
		  {
			  return newcomer.consumer == consumer && newcomer.mappedSsrc == mappedSsrc;
		  });

		return it == this->newcomers.end() ? nullptr : std::addressof(*it);
	}

	InstantStart::Newcomer& InstantStart::AddNewcomer(
	  RTC::Consumer* consumer, uint32_t mappedSsrc, int64_t nowMs)
	{
		MS_TRACE();

		if (!this->timer)
		{
			this->timer = this->shared->CreateTimer(this, "InstantStart");
		}
		if (!this->timer->IsActive())
		{
			this->timer->Start(0, RTC::CatchUpPace::IntervalMs);
		}

		return this->newcomers.emplace_back(
		  Newcomer{
		    .consumer    = consumer,
		    .mappedSsrc  = mappedSsrc,
		    .notBeforeMs = nowMs,
		    .giveUpAtMs  = nowMs + GiveUpMs,
		  });
	}

	void InstantStart::NoteRequest(Stream* stream) const
	{
		MS_TRACE();

		++this->requests;

		if (stream && stream->requestedAtMs == 0)
		{
			stream->requestedAtMs = this->shared->GetTimeMs();
		}
	}

	void InstantStart::RequestKeyFrame(const Newcomer& newcomer, Stream* stream) const
	{
		MS_TRACE();

		NoteRequest(stream);
		stream->producer->RequestKeyFrame(newcomer.mappedSsrc);
	}

	InstantStart::Progress InstantStart::Advance(Newcomer& newcomer, int64_t nowMs) const
	{
		MS_TRACE();

		auto* stream = GetStream(newcomer.mappedSsrc);

		// The producer or the viewer went away or paused: who goes on asks anew.
		if (!stream || !newcomer.consumer->IsActive())
		{
			return Progress::DONE;
		}

		if (!newcomer.begun)
		{
			// The key frame that was asked for has come.
			if (!newcomer.consumer->IsSyncRequired(newcomer.mappedSsrc))
			{
				return Progress::DONE;
			}
			if (nowMs < newcomer.notBeforeMs)
			{
				return Progress::GOES_ON;
			}

			Begin(newcomer);
		}

		if (stream->cache.IsEmpty() || nowMs > newcomer.giveUpAtMs)
		{
			newcomer.consumer->RequireSync(newcomer.mappedSsrc);
			RequestKeyFrame(newcomer, stream);

			return Progress::DONE;
		}

		if (!newcomer.pace.has_value() && !SetPace(newcomer, stream->cache))
		{
			RequestKeyFrame(newcomer, stream);

			return Progress::DONE;
		}

		return SendDose(newcomer, stream, nowMs);
	}

	InstantStart::Progress InstantStart::SendDose(
	  Newcomer& newcomer, Stream* stream, int64_t nowMs) const
	{
		MS_TRACE();

		const auto& cache = stream->cache;
		auto budget = static_cast<ssize_t>(newcomer.pace->NextBudget(newcomer.consumer->TakeNacked()));

		while (budget > 0)
		{
			// A new key frame came: from there it is the shorter way.
			if (newcomer.generation != cache.GetGeneration())
			{
				if (newcomer.nextSeq != cache.GetFirstSeq())
				{
					newcomer.consumer->RequireSync(newcomer.mappedSsrc);
				}

				newcomer.generation = cache.GetGeneration();
				newcomer.nextSeq    = cache.GetFirstSeq();
			}

			const auto* item = cache.Find(newcomer.nextSeq);

			if (!item)
			{
				// It is where the others are. Unless it could not make use of all this.
				if (newcomer.consumer->IsSyncRequired(newcomer.mappedSsrc))
				{
					RequestKeyFrame(newcomer, stream);
				}

				return Progress::DONE;
			}

			if (item->seq != newcomer.nextSeq)
			{
				if (newcomer.gapSinceMs == 0)
				{
					newcomer.gapSinceMs = nowMs;
				}
				if (nowMs - newcomer.gapSinceMs < MaxGapMs)
				{
					return Progress::GOES_ON;
				}
			}

			newcomer.gapSinceMs = 0;
			newcomer.nextSeq    = item->seq + 1;
			budget -= static_cast<ssize_t>(item->sharedPacket.GetPacket()->GetLength());

			Send(newcomer, *item);
		}

		return Progress::GOES_ON;
	}

	void InstantStart::Begin(Newcomer& newcomer)
	{
		MS_TRACE();

		newcomer.begun = true;
		newcomer.consumer->BeginCatchUp(newcomer.mappedSsrc);
	}

	bool InstantStart::SetPace(Newcomer& newcomer, const RTC::GopCache& cache) const
	{
		MS_TRACE();

		newcomer.generation = cache.GetGeneration();
		newcomer.nextSeq    = cache.GetFirstSeq();
		newcomer.pace       = RTC::CatchUpPace::Create(
      cache.GetNewestTs(),
      cache.CountFrames(),
      std::min(cache.GetFrameTs(), MaxFrameTs),
      newcomer.consumer->GetMaxSentTs(newcomer.mappedSsrc),
      newcomer.consumer->IsPipe() ? MaxPipeDose : MaxDose);

		if (newcomer.pace.has_value())
		{
			++this->starts;
		}

		return newcomer.pace.has_value();
	}

	void InstantStart::Send(Newcomer& newcomer, const RTC::GopCache::Item& item) const
	{
		MS_TRACE();

		auto sharedPacket = item.sharedPacket;
		auto* packet      = sharedPacket.GetPacket();
		const auto ts     = packet->GetTimestamp();
		const auto& mid   = newcomer.consumer->GetRtpParameters().mid;

		if (!mid.empty())
		{
			packet->UpdateMid(mid);
		}

		packet->SetTimestamp(newcomer.pace->Squeeze(ts));
		newcomer.consumer->SendRtpPacket(packet, sharedPacket);
		packet->SetTimestamp(ts);

		++this->packets;
	}
} // namespace RTC
