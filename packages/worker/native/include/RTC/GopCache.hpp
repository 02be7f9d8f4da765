#ifndef MS_RTC_GOP_CACHE_HPP
#define MS_RTC_GOP_CACHE_HPP

#include "common.hpp"
#include "RTC/RTP/Packet.hpp"
#include "RTC/RTP/SharedPacket.hpp"
#include <deque>

namespace RTC
{
	/**
	 * The packets of one video stream since its last key frame (its group of pictures
	 * so far), in order of their sequence numbers.
	 *
	 * Packets are held by reference: those that retransmission buffers hold as well take
	 * no memory twice.
	 */
	class GopCache
	{
	public:
		struct Limits
		{
			/**
			 * The longest GOP held (ms). 0 turns the cache off.
			 */
			int64_t maxAgeMs{ 10000 };
			/**
			 * What one stream may hold (bytes).
			 */
			size_t maxBytes{ 8u << 20 };
			/**
			 * What all streams of this worker may hold (bytes).
			 */
			size_t maxTotalBytes{ 256u << 20 };

			/**
			 * Reads SPILLWAY_GOP_CACHE_SECONDS, SPILLWAY_GOP_CACHE_MEGABYTES and
			 * SPILLWAY_GOP_CACHE_TOTAL_MEGABYTES. What is not a number is ignored.
			 */
			static Limits FromEnvironment();
		};

		struct Item
		{
			RTC::RTP::SharedPacket sharedPacket;
			uint16_t seq{ 0 };
			uint32_t ts{ 0 };
			size_t bytes{ 0 };
		};

	public:
		explicit GopCache(const Limits& limits);
		GopCache(const GopCache&)            = delete;
		GopCache& operator=(const GopCache&) = delete;
		~GopCache();

	public:
		/**
		 * Holds a packet. The first packet of a key frame drops the GOP before it; until
		 * there was one, and after a limit was exceeded, nothing is held.
		 *
		 * @param sharedPacket the packet's clone. Filled if it is empty and the packet is
		 * held.
		 */
		void Insert(
		  RTC::RTP::Packet* packet,
		  RTC::RTP::SharedPacket& sharedPacket,
		  bool startsKeyFrame,
		  int64_t nowMs);
		void Clear();
		bool IsEmpty() const
		{
			return this->items.empty();
		}
		/**
		 * Whether a decoder that is given what is here ends up at the present: there is a
		 * key frame, not too long ago, packets still come, and none is missing that should
		 * have been retransmitted by now.
		 */
		bool IsUsable(int64_t nowMs) const;
		/**
		 * Time since the key frame arrived (ms).
		 */
		int64_t GetAgeMs(int64_t nowMs) const
		{
			return nowMs - this->keyFrameAtMs;
		}
		/**
		 * Changes with each key frame.
		 */
		uint32_t GetGeneration() const
		{
			return this->generation;
		}
		uint16_t GetFirstSeq() const
		{
			return this->items.front().seq;
		}
		uint32_t GetNewestTs() const
		{
			return this->items.back().ts;
		}
		size_t GetBytes() const
		{
			return this->bytes;
		}
		/**
		 * The number of frames held, whole or not.
		 */
		uint32_t CountFrames() const;
		/**
		 * From the frame before the newest one to that (RTP timestamp units). A 30th of a
		 * second if there is only one.
		 */
		uint32_t GetFrameTs() const;
		/**
		 * The first packet with this sequence number or a later one. Null if there is none.
		 */
		const Item* Find(uint16_t seq) const;
		/**
		 * What all caches of this worker hold (bytes).
		 */
		static size_t GetTotalBytes();

	private:
		void StartGop(const RTC::RTP::Packet* packet, int64_t nowMs);
		void DropFront();
		void FollowGaps(int64_t nowMs);
		std::deque<Item>::const_iterator LowerBound(uint16_t seq) const;

	private:
		const Limits limits;
		std::deque<Item> items;
		size_t bytes{ 0 };
		int64_t keyFrameAtMs{ 0 };
		int64_t lastPacketAtMs{ 0 };
		uint32_t generation{ 0 };
		// When the oldest packet missing now was found missing. 0 if none is.
		int64_t gapSinceMs{ 0 };
	};
} // namespace RTC

#endif
