#include "common.hpp"
#include "RTC/GopCache.hpp"
#include "RTC/RTP/Packet.hpp"
#include "RTC/RTP/SharedPacket.hpp"
#include "test/include/RTC/RTP/rtpCommon.hpp" // in worker/test/include/
#include <catch2/catch_test_macros.hpp>
#include <cstdlib> // setenv(), unsetenv()
#include <memory>
#include <vector>

namespace
{
	constexpr RTC::GopCache::Limits DefaultLimits{};

	void insert(
	  RTC::GopCache& cache, uint16_t seq, uint32_t ts, bool startsKeyFrame = false, int64_t nowMs = 1000)
	{
		const std::unique_ptr<RTC::RTP::Packet> packet{ RTC::RTP::Packet::Factory(
			rtpCommon::FactoryBuffer, sizeof(rtpCommon::FactoryBuffer)) };

		packet->SetSsrc(1234);
		packet->SetSequenceNumber(seq);
		packet->SetTimestamp(ts);

		RTC::RTP::SharedPacket sharedPacket;

		cache.Insert(packet.get(), sharedPacket, startsKeyFrame, nowMs);
	}

	std::vector<uint16_t> sequenceNumbers(const RTC::GopCache& cache)
	{
		std::vector<uint16_t> numbers;

		if (cache.IsEmpty())
		{
			return numbers;
		}

		const auto* item = cache.Find(cache.GetFirstSeq());

		while (item)
		{
			REQUIRE(item->sharedPacket.HasPacket());
			REQUIRE(item->sharedPacket.GetPacket()->GetSequenceNumber() == item->seq);
			REQUIRE(item->sharedPacket.GetPacket()->GetTimestamp() == item->ts);

			numbers.push_back(item->seq);
			item = cache.Find(item->seq + 1);
		}

		return numbers;
	}
} // namespace

SCENARIO("GopCache", "[rtp][gopcache]")
{
	rtpCommon::ResetBuffers();

	SECTION("it holds nothing before a key frame")
	{
		RTC::GopCache cache(DefaultLimits);

		insert(cache, 1, 3000);

		REQUIRE(cache.IsEmpty());
		REQUIRE(!cache.IsUsable(1000));
		REQUIRE(cache.Find(1) == nullptr);
	}

	SECTION("it holds what came since the last key frame, in order")
	{
		RTC::GopCache cache(DefaultLimits);

		insert(cache, 65533, 3000, true);
		insert(cache, 65534, 3000);
		insert(cache, 65535, 6000);
		insert(cache, 1, 9000);
		insert(cache, 0, 6000);
		insert(cache, 0, 6000);

		REQUIRE(sequenceNumbers(cache) == std::vector<uint16_t>{ 65533, 65534, 65535, 0, 1 });
		REQUIRE(cache.CountFrames() == 3);
		REQUIRE(cache.GetNewestTs() == 9000);
		REQUIRE(cache.GetFrameTs() == 3000);

		const auto generation = cache.GetGeneration();

		insert(cache, 2, 12000, true);
		// Parameter sets and picture start a key frame each.
		insert(cache, 3, 12000, true);
		insert(cache, 4, 15000);

		REQUIRE(sequenceNumbers(cache) == std::vector<uint16_t>{ 2, 3, 4 });
		REQUIRE(cache.GetGeneration() == generation + 1);

		// From before the key frame.
		insert(cache, 1, 9000);

		REQUIRE(sequenceNumbers(cache) == std::vector<uint16_t>{ 2, 3, 4 });
	}

	SECTION("packets that overtook the first one of their key frame are kept")
	{
		RTC::GopCache cache(DefaultLimits);

		insert(cache, 10, 3000, true);
		insert(cache, 11, 6000);
		insert(cache, 13, 9000);
		insert(cache, 14, 12000);
		insert(cache, 12, 9000, true);

		REQUIRE(sequenceNumbers(cache) == std::vector<uint16_t>{ 12, 13, 14 });
		REQUIRE(cache.IsUsable(1000));
	}

	SECTION("a missing packet may come for a while, after which what is here is of no use")
	{
		RTC::GopCache cache(DefaultLimits);

		insert(cache, 10, 3000, true, 1000);
		insert(cache, 12, 9000, false, 1100);

		REQUIRE(cache.IsUsable(1350));
		REQUIRE(!cache.IsUsable(1351));

		insert(cache, 11, 6000, false, 1600);

		REQUIRE(cache.IsUsable(1600));
	}

	SECTION("it finds the first packet from a sequence number on")
	{
		RTC::GopCache cache(DefaultLimits);

		insert(cache, 65535, 3000, true);
		insert(cache, 3, 6000);

		REQUIRE(cache.Find(65530)->seq == 65535);
		REQUIRE(cache.Find(65535)->seq == 65535);
		REQUIRE(cache.Find(0)->seq == 3);
		REQUIRE(cache.Find(3)->seq == 3);
		REQUIRE(cache.Find(4) == nullptr);
	}

	SECTION("a stream that fell silent for more than some frames has no present")
	{
		RTC::GopCache cache(DefaultLimits);

		// 30 frames a second.
		insert(cache, 10, 3000, true, 1000);
		insert(cache, 11, 6000, false, 1033);

		REQUIRE(cache.IsUsable(1533));
		REQUIRE(!cache.IsUsable(1534));

		// One frame a second.
		insert(cache, 12, 96000, false, 2033);

		REQUIRE(cache.IsUsable(6033));
		REQUIRE(!cache.IsUsable(6034));
	}

	SECTION("another numbering ends the GOP")
	{
		RTC::GopCache cache(DefaultLimits);

		insert(cache, 10, 3000, true);
		insert(cache, 5000, 6000);

		REQUIRE(cache.IsEmpty());
	}

	SECTION("limits")
	{
		const auto before = RTC::GopCache::GetTotalBytes();

		SECTION("of age")
		{
			RTC::GopCache cache({ .maxAgeMs = 500 });

			insert(cache, 10, 3000, true, 1000);
			insert(cache, 11, 6000, false, 1500);

			REQUIRE(cache.IsUsable(1500));
			REQUIRE(!cache.IsUsable(1501));

			insert(cache, 12, 9000, false, 1501);

			REQUIRE(cache.IsEmpty());

			insert(cache, 13, 12000, false, 1501);

			REQUIRE(cache.IsEmpty());

			insert(cache, 14, 15000, true, 1501);

			REQUIRE(cache.IsUsable(1501));
		}

		SECTION("of a stream, and of all streams")
		{
			RTC::GopCache measure(DefaultLimits);

			insert(measure, 1, 1, true);

			const auto itemBytes = measure.GetBytes();

			REQUIRE(RTC::GopCache::GetTotalBytes() == before + itemBytes);

			measure.Clear();

			RTC::GopCache cache({ .maxBytes = 3 * itemBytes });

			insert(cache, 1, 3000, true);
			insert(cache, 2, 6000);
			insert(cache, 3, 9000);

			REQUIRE(cache.GetBytes() == 3 * itemBytes);

			insert(cache, 4, 12000);

			REQUIRE(cache.IsEmpty());
			REQUIRE(cache.GetBytes() == 0);

			const RTC::GopCache::Limits together{ .maxTotalBytes = before + (3 * itemBytes) };
			RTC::GopCache cacheA(together);
			RTC::GopCache cacheB(together);

			insert(cacheA, 1, 3000, true);
			insert(cacheA, 2, 6000);
			insert(cacheB, 1, 3000, true);

			REQUIRE(RTC::GopCache::GetTotalBytes() == before + (3 * itemBytes));

			insert(cacheB, 2, 6000);

			REQUIRE(cacheB.IsEmpty());
			REQUIRE(cacheA.GetBytes() == 2 * itemBytes);
		}

		REQUIRE(RTC::GopCache::GetTotalBytes() == before);
	}

	SECTION("limits are read from the environment")
	{
		setenv("SPILLWAY_GOP_CACHE_SECONDS", "4", 1);
		setenv("SPILLWAY_GOP_CACHE_MEGABYTES", "x", 1);
		setenv("SPILLWAY_GOP_CACHE_TOTAL_MEGABYTES", "99999999999", 1);

		const auto limits = RTC::GopCache::Limits::FromEnvironment();

		unsetenv("SPILLWAY_GOP_CACHE_SECONDS");
		unsetenv("SPILLWAY_GOP_CACHE_MEGABYTES");
		unsetenv("SPILLWAY_GOP_CACHE_TOTAL_MEGABYTES");

		REQUIRE(limits.maxAgeMs == 4000);
		REQUIRE(limits.maxBytes == DefaultLimits.maxBytes);
		REQUIRE(limits.maxTotalBytes == size_t{ 1024 * 1024 } << 20);
	}
}
