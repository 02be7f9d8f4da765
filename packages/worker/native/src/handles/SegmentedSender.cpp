#define MS_CLASS "SegmentedSender"
// #define MS_LOG_DEV_LEVEL 3

#include "handles/SegmentedSender.hpp"
#include "DepLibUV.hpp"
#include "handles/UdpSocketHandle.hpp"
#include "Logger.hpp"
#include "WorkerCounters.hpp"
#include <cerrno>
#include <cstdlib> // std::getenv()
#include <cstring> // std::strcmp()

/* Static. */

// Room for the packets of one turn: some hundred viewers by one frame.
static constexpr size_t BatchesBytes{ 4 * 1024 * 1024 };
static constexpr size_t MaxDatagrams{ 8192 };
// How long a datagram waits while others are received (us).
static constexpr int64_t MaxWaitUs{ 5000 };

static bool isWanted()
{
	const auto* setting = std::getenv("SPILLWAY_SEGMENTED_SENDS");

	return !setting || std::strcmp(setting, "off") != 0;
}

/* Static methods for UV callbacks. */

inline static void onPrepare(uv_prepare_t* handle)
{
	static_cast<SegmentedSender*>(handle->data)->Flush();
}

inline static void onCheck(uv_check_t* handle)
{
	static_cast<SegmentedSender*>(handle->data)->Flush();
}

inline static void onClosePrepare(uv_handle_t* handle)
{
	delete reinterpret_cast<uv_prepare_t*>(handle);
}

inline static void onCloseCheck(uv_handle_t* handle)
{
	delete reinterpret_cast<uv_check_t*>(handle);
}

/* Class variables. */

constinit thread_local SegmentedSender* SegmentedSender::instance{ nullptr };

/* Static methods. */

void SegmentedSender::ClassInit()
{
	MS_TRACE();

	if (!SegmentedSender::instance && isWanted() && SegmentedMessages::IsSupported())
	{
		SegmentedSender::instance = new SegmentedSender();
	}
}

void SegmentedSender::ClassDestroy()
{
	MS_TRACE();

	if (SegmentedSender::instance)
	{
		SegmentedSender::instance->Flush();

		delete SegmentedSender::instance;
		SegmentedSender::instance = nullptr;
	}
}

/* Instance methods. */

SegmentedSender::SegmentedSender()
  : uvPrepareHandle(new uv_prepare_t),
    uvCheckHandle(new uv_check_t),
    batches(BatchesBytes, MaxDatagrams),
    datagramCounter(WorkerCounters::Get("segmented-sends.datagrams")),
    callCounter(WorkerCounters::Get("segmented-sends.calls")),
    fallbackCounter(WorkerCounters::Get("segmented-sends.fallbacks")),
    queuedCounter(WorkerCounters::Get("segmented-sends.queued"))
{
	MS_TRACE();

	this->uvPrepareHandle->data = static_cast<void*>(this);
	this->uvCheckHandle->data   = static_cast<void*>(this);

	// After timers and before the loop blocks, and after what was received. These
	// calls cannot fail.
	uv_prepare_init(DepLibUV::GetLoop(), this->uvPrepareHandle);
	uv_prepare_start(this->uvPrepareHandle, static_cast<uv_prepare_cb>(onPrepare));
	uv_check_init(DepLibUV::GetLoop(), this->uvCheckHandle);
	uv_check_start(this->uvCheckHandle, static_cast<uv_check_cb>(onCheck));

	// They alone are no reason for the loop to go on.
	uv_unref(reinterpret_cast<uv_handle_t*>(this->uvPrepareHandle));
	uv_unref(reinterpret_cast<uv_handle_t*>(this->uvCheckHandle));
}

SegmentedSender::~SegmentedSender()
{
	MS_TRACE();

	uv_close(
	  reinterpret_cast<uv_handle_t*>(this->uvPrepareHandle), static_cast<uv_close_cb>(onClosePrepare));
	uv_close(
	  reinterpret_cast<uv_handle_t*>(this->uvCheckHandle), static_cast<uv_close_cb>(onCloseCheck));
}

void SegmentedSender::Send(
  UdpSocketHandle* socket,
  Destination& destination,
  const uint8_t* data,
  size_t len,
  const sockaddr* addr,
  onSendCallback* cb)
{
	MS_TRACE();

	// A callback called while flushing may send. Its datagram must not come between.
	if (destination.IsRefused() || this->flushing || socket->IsClosed() || len == 0)
	{
		socket->Send(data, len, addr, cb);

		return;
	}

	if (this->batches.Append(destination, socket, addr, data, len, cb))
	{
		return;
	}

	// No room. First what came before.
	Flush();

	if (!this->batches.Append(destination, socket, addr, data, len, cb))
	{
		socket->Send(data, len, addr, cb);
	}
}

void SegmentedSender::Flush()
{
	MS_TRACE();

	if (this->flushing)
	{
		return;
	}

	// NOTE: Callbacks may send, and the next turn may be long after this one.
	while (!this->batches.IsEmpty())
	{
		std::vector<std::pair<onSendCallback*, bool>> callbacks;

		this->flushing = true;

		SendBatches();

		this->batches.Clear(callbacks);
		this->waitingSinceUs = 0;
		this->flushing       = false;

		for (const auto& [cb, sent] : callbacks)
		{
			(*cb)(sent);
			delete cb;
		}
	}
}

void SegmentedSender::FlushIfLate()
{
	MS_TRACE();

	const auto nowUs = DepLibUV::GetTimeUs();

	if (this->waitingSinceUs == 0)
	{
		this->waitingSinceUs = nowUs;
	}
	else if (nowUs - this->waitingSinceUs >= MaxWaitUs)
	{
		Flush();
	}
}

void SegmentedSender::SendBatches()
{
	MS_TRACE();

	this->unfinished.clear();

	for (auto& batch : this->batches.GetBatches())
	{
		this->unfinished.push_back(std::addressof(batch));
	}

	// One run of each batch in turn, so that nobody waits for all of somebody
	// else's, and what one destination gets is spread a little.
	while (!this->unfinished.empty())
	{
		size_t count{ 0 };

		for (auto* batch : this->unfinished)
		{
			const auto run = DatagramBatches::TakeRun(
			  *batch, SegmentedMessages::MaxSegments, SegmentedMessages::MaxBytes);

			// A call is for one socket.
			if (
			  this->messages.IsFull() ||
			  (this->messages.GetCount() > 0 && this->messages.Get(0).batch->socket != batch->socket))
			{
				SendMessages();
			}

			this->messages.Add(*batch, run);

			if (batch->head)
			{
				this->unfinished[count++] = batch;
			}
		}

		this->unfinished.resize(count);
	}

	SendMessages();
}

void SegmentedSender::SendMessages()
{
	MS_TRACE();

	size_t idx{ 0 };

	while (idx < this->messages.GetCount())
	{
		const auto& first = this->messages.Get(idx);
		auto* socket      = first.batch->socket;

		// The socket is full, or was just now: behind what libuv has in its queue.
		if (uv_udp_get_send_queue_count(socket->uvHandle) > 0)
		{
			this->queuedCounter += first.run.count;
			SendOneByOne(first);
			++idx;

			continue;
		}

		// Since an earlier run of the same batch.
		if (first.batch->destination && first.batch->destination->IsRefused())
		{
			SendOneByOne(first);
			++idx;

			continue;
		}

		uv_os_fd_t fd{};

		uv_fileno(reinterpret_cast<uv_handle_t*>(socket->uvHandle), std::addressof(fd));

		const int result = this->messages.Send(fd, idx);

		++this->callCounter;

		if (result < 0)
		{
			HandleFailure(first, -result);
			++idx;

			continue;
		}

		for (const auto end = idx + result; idx < end; ++idx)
		{
			const auto& run = this->messages.Get(idx).run;
			auto* datagram  = run.first;

			this->datagramCounter += run.count;
			socket->sentBytes += run.bytes;

			for (size_t i{ 0 }; i < run.count; ++i, datagram = datagram->next)
			{
				datagram->sent = true;
			}
		}
	}

	this->messages.Clear();
}

void SegmentedSender::HandleFailure(const SegmentedMessages::Entry& message, int error)
{
	MS_TRACE();

	switch (error)
	{
		// No room in the socket or in the device's queue. libuv queues what it cannot
		// send.
		case EAGAIN:
		case ENOBUFS:
		{
			this->queuedCounter += message.run.count;
			SendOneByOne(message);

			break;
		}

		// The device or the path cannot: no checksum offload (EIO), a segment is
		// larger than the path's MTU (EINVAL or EMSGSIZE), and the like.
		case EIO:
		case EINVAL:
		case EMSGSIZE:
		case ENOPROTOOPT:
		case EOPNOTSUPP:
		{
			if (message.run.count == 1)
			{
				break;
			}

			MS_DEBUG_DEV("the kernel refuses to segment: %s", std::strerror(error));

			++this->fallbackCounter;
			DatagramBatches::Refuse(*message.batch);
			SendOneByOne(message);

			break;
		}

		// No route, not allowed, and the like. Not into libuv's queue: it would fail
		// there again, and take with it what is behind.
		default:
		{
			MS_DEBUG_DEV("cannot send: %s", std::strerror(error));
		}
	}
}

void SegmentedSender::SendOneByOne(const SegmentedMessages::Entry& message)
{
	MS_TRACE();

	auto* datagram = message.run.first;

	for (size_t i{ 0 }; i < message.run.count; ++i, datagram = datagram->next)
	{
		message.batch->socket->Send(
		  datagram->data,
		  datagram->len,
		  std::addressof(message.batch->addr),
		  std::exchange(datagram->cb, nullptr));
	}
}
