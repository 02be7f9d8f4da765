#include "common.hpp"
#include "RTC/RTP/Codecs/VP9.hpp"
#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <vector>

namespace
{
	bool isKeyFrame(const std::vector<uint8_t>& payload)
	{
		const std::unique_ptr<RTC::RTP::Codecs::VP9::PayloadDescriptor> payloadDescriptor(
		  RTC::RTP::Codecs::VP9::Parse(payload.data(), payload.size()));

		REQUIRE(payloadDescriptor);

		return payloadDescriptor->isKeyFrame;
	}
} // namespace

SCENARIO("VP9 key frames", "[rtp][codecs][vp9]")
{
	SECTION("behind a descriptor of one byte the picture tells")
	{
		// B. Profile 0, key frame, shown.
		REQUIRE(isKeyFrame({ 0x08, 0x82, 0x49 }));
		// Not a key frame.
		REQUIRE(!isKeyFrame({ 0x08, 0x86, 0x00 }));
		// Shows an existing frame.
		REQUIRE(!isKeyFrame({ 0x08, 0x88, 0x00 }));
		// Profile 1, key frame.
		REQUIRE(isKeyFrame({ 0x08, 0xA2, 0x49 }));
		// No picture, but a piece of one that began before.
		REQUIRE(!isKeyFrame({ 0x00, 0x82, 0x49 }));
	}

	SECTION("otherwise the P bit does")
	{
		// I, B and a picture id.
		REQUIRE(isKeyFrame({ 0x88, 0x01, 0x86, 0x00 }));
		// I, P, B.
		REQUIRE(!isKeyFrame({ 0xC8, 0x01, 0x82, 0x49 }));
		// B, V and a scalability structure.
		REQUIRE(isKeyFrame({ 0x0A, 0x86, 0x00 }));
		// P, B.
		REQUIRE(!isKeyFrame({ 0x48, 0x82, 0x49 }));
	}
}
