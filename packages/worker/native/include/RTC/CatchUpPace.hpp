#ifndef MS_RTC_CATCH_UP_PACE_HPP
#define MS_RTC_CATCH_UP_PACE_HPP

#include "common.hpp"
#include <optional>

namespace RTC
{
	/**
	 * How a viewer is brought from a key frame in the past to the present: which
	 * timestamps the packets get, and how many bytes leave at once. It decides only;
	 * others send.
	 *
	 * The frames of the past are squeezed to 1 ms of each other, ending at the true
	 * timestamp of the frame that was the newest when it began, so that a decoder runs
	 * through them and shows the present. What came later keeps its timestamp.
	 */
	class CatchUpPace
	{
	public:
		/**
		 * Time between two sends (ms).
		 */
		static constexpr int64_t IntervalMs{ 5 };

	public:
		/**
		 * @param newestTs timestamp of the newest frame (90 kHz, as all video).
		 * @param frames number of frames up to and including it. At least 1.
		 * @param frameTs from one frame to the next.
		 * @param sentTs highest timestamp that the viewer was sent before, to stay above. If
		 * that is the newest frame's, the past goes between this and the next one.
		 * @param maxBytes what may leave at once (bytes).
		 *
		 * @return nothing if so many frames do not fit.
		 */
		static std::optional<CatchUpPace> Create(
		  uint32_t newestTs,
		  uint32_t frames,
		  uint32_t frameTs,
		  std::optional<uint32_t> sentTs,
		  size_t maxBytes);

	public:
		/**
		 * The timestamp to send for the next packet. To be called for the packets in order
		 * of their sequence numbers.
		 */
		uint32_t Squeeze(uint32_t ts);
		/**
		 * How much may leave now (bytes). It grows like TCP's slow start from the initial
		 * window of RFC 6928.
		 *
		 * @param lost whether the viewer reported loss since the last call: then it is
		 * halved, and grows slowly from there.
		 */
		size_t NextBudget(bool lost);

	private:
		CatchUpPace(uint32_t firstTs, uint32_t step, size_t maxBytes)
		  : nextTs(firstTs), step(step), maxBytes(maxBytes)
		{
		}

	private:
		// The lowest timestamp of the next frame.
		uint32_t nextTs;
		uint32_t step;
		size_t maxBytes;
		std::optional<uint32_t> currentTs;
		uint32_t currentSqueezedTs{ 0 };
		size_t budget{ 0 };
		bool congested{ false };
	};
} // namespace RTC

#endif
