#define MS_CLASS "RTC::GopCache"
// #define MS_LOG_DEV_LEVEL 3

#include "RTC/GopCache.hpp"
#include "Logger.hpp"
#include "WorkerCounters.hpp"
#include <algorithm> // std::clamp(), std::find_if(), std::lower_bound()
#include <cstdlib>   // std::getenv(), std::strtoull()

namespace RTC
{
	/* Static. */

	// Positions are told by the distance of sequence numbers, which must stay well
	// below half of their range.
	static constexpr size_t MaxItems{ 16384 };
	// A jump further than this is another stream, not a loss.
	static constexpr uint16_t MaxSeqGap{ 1000 };
	// How long a missing packet may be on its way by retransmission (ms).
	static constexpr int64_t MaxGapMs{ 250 };
	// After a silence of so many frames there is no present to show, within bounds (ms).
	static constexpr int64_t MaxSilentFrames{ 4 };
	static constexpr int64_t MinSilenceMs{ 500 };
	static constexpr int64_t MaxSilenceMs{ 5000 };
	// 30 frames per second at 90 kHz.
	static constexpr uint32_t DefaultFrameTs{ 3000 };
	// What a held packet takes beside its own length: the packet object, the room that
	// SharedPacket leaves behind the data, and the allocator's own (bytes).
	static constexpr size_t ItemOverhead{ sizeof(RTP::Packet) + sizeof(GopCache::Item) + 100 + 64 };

	static uint64_t readNumber(const char* name, uint64_t fallback)
	{
		const char* value = std::getenv(name);

		if (!value || *value < '0' || *value > '9')
		{
			return fallback;
		}

		char* end{ nullptr };
		const auto number = std::strtoull(value, std::addressof(end), 10);

		return *end == '\0' ? number : fallback;
	}

	static uint64_t& totalBytes()
	{
		static thread_local uint64_t& bytes = WorkerCounters::Get("gop-cache.bytes");

		return bytes;
	}

	/* Class methods. */

	GopCache::Limits GopCache::Limits::FromEnvironment()
	{
		MS_TRACE();

		const Limits defaults;

		return Limits{
			.maxAgeMs = static_cast<int64_t>(
			  std::min<uint64_t>(readNumber("SPILLWAY_GOP_CACHE_SECONDS", defaults.maxAgeMs / 1000), 3600) *
			  1000),
			.maxBytes = std::min<uint64_t>(
			              readNumber("SPILLWAY_GOP_CACHE_MEGABYTES", defaults.maxBytes >> 20), 1024)
			            << 20,
			.maxTotalBytes = std::min<uint64_t>(
			                   readNumber("SPILLWAY_GOP_CACHE_TOTAL_MEGABYTES", defaults.maxTotalBytes >> 20),
			                   1024 * 1024)
			                 << 20,
		};
	}

	size_t GopCache::GetTotalBytes()
	{
		MS_TRACE();

		return totalBytes();
	}

	/* Instance methods. */

	GopCache::GopCache(const Limits& limits) : limits(limits)
	{
		MS_TRACE();
	}

	GopCache::~GopCache()
	{
		MS_TRACE();

		Clear();
	}

	void GopCache::Insert(
	  RTC::RTP::Packet* packet,
	  RTC::RTP::SharedPacket& sharedPacket,
	  bool startsKeyFrame,
	  int64_t nowMs)
	{
		MS_TRACE();

		const auto seq = packet->GetSequenceNumber();
		const auto ts  = packet->GetTimestamp();

		if (!this->items.empty())
		{
			const auto ahead = static_cast<uint16_t>(seq - this->items.back().seq);
			const auto offset = static_cast<uint16_t>(seq - this->items.front().seq);

			// Another numbering: what is here does not lead there.
			if (ahead > MaxSeqGap && ahead < 0x8000)
			{
				Clear();
			}
			// From before the key frame.
			else if (offset >= 0x8000)
			{
				return;
			}
		}

		// NOTE: An encoder may put parameter sets and the picture into packets of their
		// own, each of which starts a key frame.
		if (startsKeyFrame && (this->items.empty() || this->items.front().ts != ts))
		{
			StartGop(packet, nowMs);
		}
		else if (this->items.empty())
		{
			return;
		}

		const size_t itemBytes = packet->GetLength() + ItemOverhead;

		if (
		  GetAgeMs(nowMs) > this->limits.maxAgeMs || this->items.size() >= MaxItems ||
		  this->bytes + itemBytes > this->limits.maxBytes ||
		  totalBytes() + itemBytes > this->limits.maxTotalBytes)
		{
			MS_DEBUG_DEV("GOP exceeds a limit, dropping it [ssrc:%" PRIu32 "]", packet->GetSsrc());

			Clear();

			return;
		}

		const auto position = LowerBound(seq);

		if (position != this->items.cend() && position->seq == seq)
		{
			return;
		}

		if (!sharedPacket.HasPacket())
		{
			sharedPacket.Assign(packet);
		}

		this->items.insert(position, Item{ sharedPacket, seq, ts, itemBytes });
		this->bytes += itemBytes;
		totalBytes() += itemBytes;

		this->lastPacketAtMs = nowMs;

		FollowGaps(nowMs);
	}

	void GopCache::Clear()
	{
		MS_TRACE();

		totalBytes() -= this->bytes;

		this->items.clear();
		this->bytes      = 0;
		this->gapSinceMs = 0;
	}

	bool GopCache::IsUsable(int64_t nowMs) const
	{
		MS_TRACE();

		if (this->items.empty() || GetAgeMs(nowMs) > this->limits.maxAgeMs)
		{
			return false;
		}

		const int64_t frameMs = GetFrameTs() / 90;

		return nowMs - this->lastPacketAtMs <=
		         std::clamp(frameMs * MaxSilentFrames, MinSilenceMs, MaxSilenceMs) &&
		       (this->gapSinceMs == 0 || nowMs - this->gapSinceMs <= MaxGapMs);
	}

	uint32_t GopCache::CountFrames() const
	{
		MS_TRACE();

		uint32_t frames{ 0 };
		uint32_t ts{ 0 };

		for (const auto& item : this->items)
		{
			if (frames == 0 || item.ts != ts)
			{
				ts = item.ts;
				++frames;
			}
		}

		return frames;
	}

	uint32_t GopCache::GetFrameTs() const
	{
		MS_TRACE();

		const auto newestTs = this->items.back().ts;
		const auto it       = std::find_if(
      this->items.crbegin(),
      this->items.crend(),
      [newestTs](const Item& item)
      {
        return item.ts != newestTs;
      });

		return it == this->items.crend() ? DefaultFrameTs : newestTs - it->ts;
	}

	const GopCache::Item* GopCache::Find(uint16_t seq) const
	{
		MS_TRACE();

		const auto position = LowerBound(seq);

		return position == this->items.cend() ? nullptr : std::addressof(*position);
	}

	void GopCache::StartGop(const RTC::RTP::Packet* packet, int64_t nowMs)
	{
		MS_TRACE();

		// Packets of the key frame may have overtaken its first one.
		while (!this->items.empty() &&
		       static_cast<uint16_t>(packet->GetSequenceNumber() - this->items.front().seq) < 0x8000)
		{
			DropFront();
		}

		this->keyFrameAtMs = nowMs;
		this->gapSinceMs   = 0;
		++this->generation;
	}

	void GopCache::DropFront()
	{
		MS_TRACE();

		this->bytes -= this->items.front().bytes;
		totalBytes() -= this->items.front().bytes;
		this->items.pop_front();
	}

	void GopCache::FollowGaps(int64_t nowMs)
	{
		MS_TRACE();

		const auto span = static_cast<uint16_t>(this->items.back().seq - this->items.front().seq) + 1u;

		if (span == this->items.size())
		{
			this->gapSinceMs = 0;
		}
		else if (this->gapSinceMs == 0)
		{
			this->gapSinceMs = nowMs;
		}
	}

	std::deque<GopCache::Item>::const_iterator GopCache::LowerBound(uint16_t seq) const
	{
		MS_TRACE();

		if (this->items.empty())
		{
			return this->items.cend();
		}

		const auto first = this->items.front().seq;
		const auto offset = static_cast<uint16_t>(seq - first);

		// Nearly always asked for: what follows the newest packet.
		if (offset > static_cast<uint16_t>(this->items.back().seq - first) && offset < 0x8000)
		{
			return this->items.cend();
		}
		if (offset >= 0x8000)
		{
			return this->items.cbegin();
		}

		return std::lower_bound(
		  this->items.cbegin(),
		  this->items.cend(),
		  offset,
		  [first](const Item& item, uint16_t offset)
		  {
			  return static_cast<uint16_t>(item.seq - first) < offset;
		  });
	}
} // namespace RTC
