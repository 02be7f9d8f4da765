#include "common.hpp"
#include "RTC/CatchUpPace.hpp"
#include <catch2/catch_test_macros.hpp>
#include <vector>

SCENARIO("CatchUpPace", "[rtp][catchuppace]")
{
	static constexpr uint32_t FrameTs{ 3000 }; // 30 fps at 90 kHz.

	SECTION("the past ends 1 ms a frame before the newest frame, which keeps its timestamp")
	{
		const uint32_t firstTs{ 1000000 };
		const uint32_t newestTs{ firstTs + (9 * FrameTs) };
		auto pace = RTC::CatchUpPace::Create(newestTs, 10, FrameTs, std::nullopt, 64000);

		REQUIRE(pace.has_value());

		for (uint32_t i{ 0 }; i < 10; ++i)
		{
			REQUIRE(pace->Squeeze(firstTs + (i * FrameTs)) == newestTs - ((9 - i) * 90));
			// Other packets of the same frame.
			REQUIRE(pace->Squeeze(firstTs + (i * FrameTs)) == newestTs - ((9 - i) * 90));
		}

		REQUIRE(pace->Squeeze(newestTs + FrameTs) == newestTs + FrameTs);
		REQUIRE(pace->Squeeze(newestTs + (2 * FrameTs)) == newestTs + (2 * FrameTs));
	}

	SECTION("timestamps wrap")
	{
		const uint32_t newestTs{ 100 };
		auto pace = RTC::CatchUpPace::Create(newestTs, 3, FrameTs, std::nullopt, 64000);

		REQUIRE(pace->Squeeze(newestTs - (2 * FrameTs)) == newestTs - 180);
		REQUIRE(pace->Squeeze(newestTs - FrameTs) == newestTs - 90);
		REQUIRE(pace->Squeeze(newestTs) == newestTs);
	}

	SECTION("what was squeezed before stays in order and does not run into the future")
	{
		// Two frames squeezed to 2 units by a cascade of pipes, then live ones.
		const std::vector<uint32_t> timestamps{ 90000, 90002, 90004, 90006, 93006, 96006 };
		auto pace = RTC::CatchUpPace::Create(96006, 6, FrameTs, std::nullopt, 64000);
		uint32_t previousTs{ 0 };

		for (const auto ts : timestamps)
		{
			const auto squeezedTs = pace->Squeeze(ts);

			REQUIRE(squeezedTs > previousTs);
			REQUIRE(squeezedTs >= ts);
			REQUIRE(squeezedTs <= 96006);

			previousTs = squeezedTs;
		}

		REQUIRE(previousTs == 96006);
	}

	SECTION("it stays above what the viewer was sent before")
	{
		const uint32_t newestTs{ 500000 };
		const uint32_t sentTs{ newestTs - 1000 };
		auto pace = RTC::CatchUpPace::Create(newestTs, 100, FrameTs, sentTs, 64000);

		REQUIRE(pace.has_value());

		uint32_t previousTs{ sentTs };

		for (uint32_t i{ 0 }; i < 100; ++i)
		{
			const auto squeezedTs = pace->Squeeze(newestTs - ((99 - i) * FrameTs));

			REQUIRE(squeezedTs > previousTs);

			previousTs = squeezedTs;
		}

		REQUIRE(previousTs == newestTs);
	}

	SECTION("a viewer that has the newest frame is sent the past before the next one")
	{
		const uint32_t newestTs{ 500000 };
		auto pace = RTC::CatchUpPace::Create(newestTs, 100, FrameTs, newestTs, 64000);
		uint32_t previousTs{ newestTs };

		for (uint32_t i{ 0 }; i < 100; ++i)
		{
			const auto squeezedTs = pace->Squeeze(newestTs - ((99 - i) * FrameTs));

			REQUIRE(squeezedTs > previousTs);

			previousTs = squeezedTs;
		}

		REQUIRE(previousTs < newestTs + FrameTs);
		REQUIRE(pace->Squeeze(newestTs + FrameTs) == newestTs + FrameTs);
	}

	SECTION("there is none where the frames do not fit")
	{
		const uint32_t newestTs{ 500000 };

		REQUIRE(RTC::CatchUpPace::Create(newestTs, 100, FrameTs, newestTs - 100, 64000).has_value());
		REQUIRE(RTC::CatchUpPace::Create(newestTs, 2250, FrameTs, newestTs, 64000).has_value());
		REQUIRE(!RTC::CatchUpPace::Create(newestTs, 2251, FrameTs, newestTs, 64000).has_value());
		REQUIRE(!RTC::CatchUpPace::Create(newestTs, 1, FrameTs, newestTs + 2250, 64000).has_value());
	}

	SECTION("doses grow to the maximum, and shrink with loss")
	{
		auto pace = RTC::CatchUpPace::Create(500000, 1, FrameTs, std::nullopt, 64000);
		size_t previous{ 0 };

		REQUIRE(pace->NextBudget(false) == 14600);

		for (auto i{ 0 }; i < 10; ++i)
		{
			const auto budget = pace->NextBudget(false);

			REQUIRE(budget >= previous);

			previous = budget;
		}

		REQUIRE(previous == 64000);
		REQUIRE(pace->NextBudget(true) == 32000);
		REQUIRE(pace->NextBudget(false) == 32000 + 1460);

		for (auto i{ 0 }; i < 10; ++i)
		{
			previous = pace->NextBudget(true);
		}

		REQUIRE(previous == 7300);
	}
}
