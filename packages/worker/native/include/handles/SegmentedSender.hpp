#ifndef MS_SEGMENTED_SENDER_HPP
#define MS_SEGMENTED_SENDER_HPP

#include "common.hpp"
#include "handles/DatagramBatches.hpp"
#include "handles/SegmentedMessages.hpp"
#include <uv.h>
#include <vector>

class UdpSocketHandle;

/**
 * Sends datagrams that become ready in the same turn of the loop with few system
 * calls: those to one destination leave as segments of one large datagram, which
 * the kernel, or the network device, cuts (UDP generic segmentation offload).
 *
 * @remarks
 * - One per worker (thread). There is none where the system cannot do it, or if the
 *   environment says SPILLWAY_SEGMENTED_SENDS=off.
 * - A datagram waits until the loop has handled what was ready, or a few
 *   milliseconds (see OnDatagramHandled()), or until there is no more room.
 * - The order of datagrams to one destination is kept.
 * - Whatever cannot leave this way goes through UdpSocketHandle::Send().
 */
class SegmentedSender
{
public:
	using Destination    = DatagramBatches::Destination;
	using onSendCallback = DatagramBatches::onSendCallback;

public:
	/**
	 * Makes this thread's sender. The loop must exist.
	 */
	static void ClassInit();
	/**
	 * Sends what waits and removes the sender. The loop must run once more.
	 */
	static void ClassDestroy();
	/**
	 * This thread's sender, or null.
	 */
	static SegmentedSender* Get()
	{
		return SegmentedSender::instance;
	}
	/**
	 * To be called when a received datagram has been handled: datagrams that have
	 * waited for long while many were received are sent.
	 */
	static void OnDatagramHandled()
	{
		if (SegmentedSender::instance && !SegmentedSender::instance->batches.IsEmpty())
		{
			SegmentedSender::instance->FlushIfLate();
		}
	}
	/**
	 * To be called before a socket is closed: what waits for it is sent.
	 */
	static void OnSocketClosing()
	{
		if (SegmentedSender::instance)
		{
			SegmentedSender::instance->Flush();
		}
	}

public:
	SegmentedSender& operator=(const SegmentedSender&) = delete;
	SegmentedSender(const SegmentedSender&)            = delete;

public:
	/**
	 * As UdpSocketHandle::Send(), but later.
	 *
	 * @param destination - Of the remote address, and used for no other.
	 */
	void Send(
	  UdpSocketHandle* socket,
	  Destination& destination,
	  const uint8_t* data,
	  size_t len,
	  const sockaddr* addr,
	  onSendCallback* cb);
	/**
	 * Sends all that waits.
	 */
	void Flush();

private:
	SegmentedSender();
	~SegmentedSender();

	void FlushIfLate();
	void SendBatches();
	void SendMessages();
	void HandleFailure(const SegmentedMessages::Entry& message, int error);
	static void SendOneByOne(const SegmentedMessages::Entry& message);

private:
	constinit static thread_local SegmentedSender* instance;

private:
	// Allocated by this.
	uv_prepare_t* uvPrepareHandle{ nullptr };
	uv_check_t* uvCheckHandle{ nullptr };
	// Others.
	DatagramBatches batches;
	std::vector<DatagramBatches::Batch*> unfinished;
	SegmentedMessages messages;
	bool flushing{ false };
	// When the oldest datagram was seen to wait (us), 0 if not seen yet.
	int64_t waitingSinceUs{ 0 };
	uint64_t& datagramCounter;
	uint64_t& callCounter;
	uint64_t& fallbackCounter;
	uint64_t& queuedCounter;
};

#endif
