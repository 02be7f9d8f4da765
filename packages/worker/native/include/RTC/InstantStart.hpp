#ifndef MS_RTC_INSTANT_START_HPP
#define MS_RTC_INSTANT_START_HPP

#include "common.hpp"
#include "handles/TimerHandleInterface.hpp"
#include "RTC/CatchUpPace.hpp"
#include "RTC/Consumer.hpp"
#include "RTC/GopCache.hpp"
#include "RTC/Producer.hpp"
#include "SharedInterface.hpp"
#include <list>
#include <memory>
#include <optional>

namespace RTC
{
	/**
	 * Starts the video Consumers of a Router from its GOP caches, so that they wait for
	 * no key frame and the broadcaster is asked for none.
	 *
	 * A Consumer that needs a key frame to begin with is sent what the cache holds, in
	 * doses, through its ordinary path. Until it has reached the present, live packets
	 * reach it through the cache as well.
	 */
	class InstantStart : public TimerHandleInterface::Listener
	{
	public:
		explicit InstantStart(SharedInterface* shared);
		InstantStart(const InstantStart&)            = delete;
		InstantStart& operator=(const InstantStart&) = delete;
		~InstantStart() override;

	public:
		/**
		 * A live packet that has been given to the Consumers.
		 */
		void PacketReceived(
		  RTC::Producer* producer, RTC::RTP::Packet* packet, RTC::RTP::SharedPacket& sharedPacket);
		/**
		 * A Consumer asks for a key frame: to begin with, or because it lost something.
		 * Then it is brought to the present anew if the broadcaster is not known to answer.
		 *
		 * @return true if nobody else needs to be asked.
		 */
		bool KeyFrameRequested(RTC::Producer* producer, RTC::Consumer* consumer, uint32_t mappedSsrc);
		/**
		 * Forgets a Consumer that is about to be deleted.
		 */
		void ConsumerClosed(RTC::Consumer* consumer);
		/**
		 * Forgets what was cached of a Producer which pauses or is closed: what comes later
		 * does not continue it.
		 */
		void ProducerInterrupted(RTC::Producer* producer);
		/**
		 * The same for one stream that is replaced by a new one.
		 */
		void StreamReplaced(uint32_t mappedSsrc);

		/* Pure virtual methods inherited from TimerHandleInterface::Listener. */
	public:
		void OnTimer(TimerHandleInterface* timer) override;

	private:
		struct Stream
		{
			RTC::Producer* producer{ nullptr };
			RTC::GopCache cache;
			bool isAv1{ false };
			// When the Producer was asked for the key frame that is still to come. 0 if it
			// was not.
			int64_t requestedAtMs{ 0 };
			// Whether it answered the last request at once.
			bool answers{ false };
		};

		struct Newcomer
		{
			RTC::Consumer* consumer{ nullptr };
			uint32_t mappedSsrc{ 0 };
			// Not to be started before, as a key frame was asked for.
			int64_t notBeforeMs{ 0 };
			int64_t giveUpAtMs{ 0 };
			// Whether live packets are kept from it.
			bool begun{ false };
			std::optional<RTC::CatchUpPace> pace{ std::nullopt };
			uint32_t generation{ 0 };
			uint16_t nextSeq{ 0 };
			// When it came upon a missing packet. 0 if there is none.
			int64_t gapSinceMs{ 0 };
		};

		enum class Progress : uint8_t
		{
			GOES_ON,
			DONE
		};

	private:
		Stream* GetStream(uint32_t mappedSsrc) const;
		Stream* GetOrCreateStream(RTC::Producer* producer, uint32_t mappedSsrc);
		Newcomer* FindNewcomer(const RTC::Consumer* consumer, uint32_t mappedSsrc);
		Newcomer& AddNewcomer(RTC::Consumer* consumer, uint32_t mappedSsrc, int64_t nowMs);
		void NoteRequest(Stream* stream) const;
		void RequestKeyFrame(const Newcomer& newcomer, Stream* stream) const;
		Progress Advance(Newcomer& newcomer, int64_t nowMs) const;
		Progress SendDose(Newcomer& newcomer, Stream* stream, int64_t nowMs) const;
		static void Begin(Newcomer& newcomer);
		bool SetPace(Newcomer& newcomer, const RTC::GopCache& cache) const;
		void Send(Newcomer& newcomer, const RTC::GopCache::Item& item) const;

	private:
		// Passed by argument.
		SharedInterface* shared{ nullptr };
		// Allocated by this.
		TimerHandleInterface* timer{ nullptr };
		// Others.
		const RTC::GopCache::Limits limits;
		uint64_t& starts;
		uint64_t& packets;
		uint64_t& requests;
		uint64_t& repairs;
		uint64_t& spared;
		uint64_t& refused;
		ankerl::unordered_dense::map<uint32_t, std::unique_ptr<Stream>> mapMappedSsrcStream;
		// In order of their arrival.
		std::list<Newcomer> newcomers;
	};
} // namespace RTC

#endif
