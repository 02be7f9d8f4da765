#define MS_CLASS "RTC::CatchUpPace"
// #define MS_LOG_DEV_LEVEL 3

#include "RTC/CatchUpPace.hpp"
#include "Logger.hpp"
#include "Utils.hpp"
#include <algorithm> // std::max(), std::min()

namespace RTC
{
	/* Static. */

	// 1 ms at 90 kHz.
	static constexpr uint32_t MaxStep{ 90 };
	// The initial window of RFC 6928 (bytes).
	static constexpr size_t InitialBudget{ 14600 };
	static constexpr size_t MinBudget{ InitialBudget / 2 };

	/* Class methods. */

	std::optional<CatchUpPace> CatchUpPace::Create(
	  uint32_t newestTs,
	  uint32_t frames,
	  uint32_t frameTs,
	  std::optional<uint32_t> sentTs,
	  size_t maxBytes)
	{
		MS_TRACE();

		if (!sentTs.has_value())
		{
			return CatchUpPace(newestTs - ((frames - 1) * MaxStep), MaxStep, maxBytes);
		}

		uint32_t endTs{ newestTs };

		// The distance may be negative.
		if (static_cast<int32_t>(endTs - sentTs.value()) < static_cast<int32_t>(frames))
		{
			endTs += frameTs / 4 * 3;
		}

		const auto room = static_cast<int32_t>(endTs - sentTs.value());

		if (room < static_cast<int32_t>(frames))
		{
			return std::nullopt;
		}

		const uint32_t step = std::min(MaxStep, static_cast<uint32_t>(room) / frames);

		return CatchUpPace(endTs - ((frames - 1) * step), step, maxBytes);
	}

	/* Instance methods. */

	uint32_t CatchUpPace::Squeeze(uint32_t ts)
	{
		MS_TRACE();

		if (this->currentTs == ts)
		{
			return this->currentSqueezedTs;
		}

		uint32_t squeezedTs = Utils::Number::IsHigherThan<uint32_t>(ts, this->nextTs) ? ts : this->nextTs;

		// Two frames never share a timestamp, whatever order theirs are in.
		if (
		  this->currentTs.has_value() &&
		  !Utils::Number::IsHigherThan<uint32_t>(squeezedTs, this->currentSqueezedTs))
		{
			squeezedTs = this->currentSqueezedTs + 1;
		}

		this->currentTs         = ts;
		this->currentSqueezedTs = squeezedTs;
		this->nextTs += this->step;

		return this->currentSqueezedTs;
	}

	size_t CatchUpPace::NextBudget(bool lost)
	{
		MS_TRACE();

		if (this->budget == 0)
		{
			this->budget = InitialBudget;
		}
		else if (lost)
		{
			this->congested = true;
			this->budget    = std::max(this->budget / 2, MinBudget);
		}
		else
		{
			const size_t growth = this->congested ? InitialBudget / 10 : this->budget / 2;

			this->budget = std::min(this->budget + growth, this->maxBytes);
		}

		return this->budget;
	}
} // namespace RTC
