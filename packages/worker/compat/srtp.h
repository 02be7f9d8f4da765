// Offers the part of the libsrtp 3 API that mediasoup uses on top of libsrtp 2.5, which distributions package.
#ifndef SPILLWAY_COMPAT_SRTP_H
#define SPILLWAY_COMPAT_SRTP_H

#include <srtp2/srtp.h>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

// Error codes of libsrtp 3 alone; a release of libsrtp 2 that has them is found by meson.build.
#ifndef HAVE_SRTP_ERR_STATUS_BUFFER_SMALL
inline constexpr auto srtp_err_status_buffer_small = static_cast<srtp_err_status_t>(28);
#endif
#ifndef HAVE_SRTP_ERR_STATUS_CRYPTEX_ERR
inline constexpr auto srtp_err_status_cryptex_err = static_cast<srtp_err_status_t>(29);
#endif

namespace spillway
{
	// libsrtp 3's opaque policy. libsrtp 2 only points at the key (followed by its salt), so it is kept here.
	struct SrtpPolicy
	{
		srtp_policy_t fields{};
		uint8_t key[SRTP_MAX_KEY_LEN]{};
	};

	// libsrtp 2 works in place, libsrtp 3 from one buffer into another, which may be the same.
	template<typename Operation>
	inline srtp_err_status_t SrtpTransform(
	  const uint8_t* in, size_t inLen, size_t extraLen, uint8_t* out, size_t* outLen, Operation operation)
	{
		if (inLen + extraLen > *outLen)
		{
			return srtp_err_status_buffer_small;
		}

		if (out != in)
		{
			std::memcpy(out, in, inLen);
		}

		int len        = static_cast<int>(inLen);
		const auto err = operation(out, &len);

		if (err == srtp_err_status_ok)
		{
			*outLen = static_cast<size_t>(len);
		}

		return err;
	}
} // namespace spillway

inline srtp_err_status_t srtp_policy_create(spillway::SrtpPolicy** policy)
{
	*policy = new (std::nothrow) spillway::SrtpPolicy();

	return *policy ? srtp_err_status_ok : srtp_err_status_alloc_fail;
}

inline void srtp_policy_destroy(spillway::SrtpPolicy* policy)
{
	// A compiler may drop a plain memset() before the delete, and this is key material.
	volatile uint8_t* key = policy->key;

	for (size_t i{ 0 }; i < sizeof(policy->key); ++i)
	{
		key[i] = 0;
	}

	delete policy;
}

inline srtp_err_status_t srtp_policy_set_ssrc(spillway::SrtpPolicy* policy, srtp_ssrc_t ssrc)
{
	policy->fields.ssrc = ssrc;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_profile(spillway::SrtpPolicy* policy, srtp_profile_t profile)
{
	const auto err = srtp_crypto_policy_set_from_profile_for_rtp(&policy->fields.rtp, profile);

	return err == srtp_err_status_ok
	         ? srtp_crypto_policy_set_from_profile_for_rtcp(&policy->fields.rtcp, profile)
	         : err;
}

inline srtp_err_status_t srtp_policy_add_key(
  spillway::SrtpPolicy* policy,
  const uint8_t* key,
  size_t keyLen,
  const uint8_t* salt,
  size_t saltLen,
  const uint8_t* /*mki*/,
  size_t mkiLen)
{
	if (keyLen + saltLen > sizeof(policy->key) || mkiLen != 0)
	{
		return srtp_err_status_bad_param;
	}

	std::memcpy(policy->key, key, keyLen);
	std::memcpy(policy->key + keyLen, salt, saltLen);
	policy->fields.key = policy->key;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_allow_repeat_tx(spillway::SrtpPolicy* policy, bool allow)
{
	policy->fields.allow_repeat_tx = allow ? 1 : 0;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_window_size(spillway::SrtpPolicy* policy, size_t size)
{
	policy->fields.window_size = static_cast<unsigned long>(size);

	return srtp_err_status_ok;
}

// Overloads of libsrtp 2's functions of the same names.

inline srtp_err_status_t srtp_create(srtp_t* session, const spillway::SrtpPolicy* policy)
{
	return srtp_create(session, &policy->fields);
}

inline srtp_err_status_t srtp_stream_remove(srtp_t session, uint32_t ssrc)
{
	return srtp_remove_stream(session, ssrc);
}

inline srtp_err_status_t srtp_protect(
  srtp_t session, const uint8_t* rtp, size_t rtpLen, uint8_t* srtp, size_t* srtpLen, size_t /*mkiIndex*/)
{
	return spillway::SrtpTransform(
	  rtp, rtpLen, SRTP_MAX_TRAILER_LEN, srtp, srtpLen, [session](uint8_t* packet, int* len)
	  { return srtp_protect(session, packet, len); });
}

inline srtp_err_status_t srtp_unprotect(
  srtp_t session, const uint8_t* srtp, size_t srtpLen, uint8_t* rtp, size_t* rtpLen)
{
	return spillway::SrtpTransform(
	  srtp, srtpLen, 0, rtp, rtpLen, [session](uint8_t* packet, int* len)
	  { return srtp_unprotect(session, packet, len); });
}

inline srtp_err_status_t srtp_protect_rtcp(
  srtp_t session, const uint8_t* rtcp, size_t rtcpLen, uint8_t* srtcp, size_t* srtcpLen, size_t /*mkiIndex*/)
{
	// SRTCP adds its 4 bytes of index to the trailer of SRTP.
	return spillway::SrtpTransform(
	  rtcp, rtcpLen, SRTP_MAX_TRAILER_LEN + 4, srtcp, srtcpLen, [session](uint8_t* packet, int* len)
	  { return srtp_protect_rtcp(session, packet, len); });
}

inline srtp_err_status_t srtp_unprotect_rtcp(
  srtp_t session, const uint8_t* srtcp, size_t srtcpLen, uint8_t* rtcp, size_t* rtcpLen)
{
	return spillway::SrtpTransform(
	  srtcp, srtcpLen, 0, rtcp, rtcpLen, [session](uint8_t* packet, int* len)
	  { return srtp_unprotect_rtcp(session, packet, len); });
}

// Last, so that the declarations above mean libsrtp 2's type: in libsrtp 3 the name is that of a pointer.
using SpillwaySrtpPolicyHandle = spillway::SrtpPolicy*;
#define srtp_policy_t SpillwaySrtpPolicyHandle

#endif
