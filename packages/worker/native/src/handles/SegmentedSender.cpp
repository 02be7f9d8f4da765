#define MS_CLASS "SegmentedSender"
// #define MS_LOG_DEV_LEVEL 3

#include "handles/SegmentedSender.hpp"
#include "DepLibUV.hpp"
#include "handles/UdpSocketHandle.hpp"
#include "Logger.hpp"
#include "WorkerCounters.hpp"
#include <cerrno>
#include <cstdlib> // std::getenv()
#include <cstring> // std::memcpy(), std::strcmp()
#ifdef __linux__
#include <netinet/udp.h> // UDP_SEGMENT
#include <unistd.h>      // close()
#endif

/* Static. */

// Room for the packets of one turn: some hundred viewers by one frame.
static constexpr size_t BatchesBytes{ 4 * 1024 * 1024 };
static constexpr size_t MaxDatagrams{ 8192 };
// Segments of one call. The kernel takes 64, but they leave in a row, which a
// viewer's access point has to buffer; more saves little.
static constexpr size_t MaxSegments{ 32 };
// Bytes of one call. The kernel's bound is below 65,535 by the headers.
static constexpr size_t MaxBytes{ 64000 };
// How long a datagram waits while others are received (us).
static constexpr int64_t MaxWaitUs{ 5000 };

static bool isSupported()
{
#ifdef UDP_SEGMENT
	const auto* setting = std::getenv("SPILLWAY_SEGMENTED_SENDS");

	if (setting && std::strcmp(setting, "off") == 0)
	{
		return false;
	}

	// Kernels before 4.18 do not know the option.
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int value{ 0 };
	socklen_t valueLen{ sizeof(value) };
	const bool known =
	  fd != -1 &&
	  getsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, std::addressof(value), std::addressof(valueLen)) == 0;

	if (fd != -1)
	{
		close(fd);
	}

	return known;
#else
	return false;
#endif
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

thread_local constinit SegmentedSender* SegmentedSender::instance{ nullptr };

/* Static methods. */

void SegmentedSender::ClassInit()
{
	MS_TRACE();

	if (!SegmentedSender::instance && isSupported())
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
			SendRun(*batch, DatagramBatches::TakeRun(*batch, MaxSegments, MaxBytes));

			if (batch->head)
			{
				this->unfinished[count++] = batch;
			}
		}

		this->unfinished.resize(count);
	}
}

void SegmentedSender::SendRun(DatagramBatches::Batch& batch, const DatagramBatches::Run& run)
{
	MS_TRACE();

#ifdef UDP_SEGMENT
	auto* socket = batch.socket;

	// The socket is full, or was just now: behind what libuv has in its queue.
	if (uv_udp_get_send_queue_count(socket->uvHandle) > 0)
	{
		this->queuedCounter += run.count;
		SendOneByOne(batch, run);

		return;
	}

	// Since another run of the same batch.
	if (batch.destination && batch.destination->IsRefused())
	{
		SendOneByOne(batch, run);

		return;
	}

	iovec buffers[MaxSegments];
	size_t count{ 0 };

	for (auto* datagram = run.first; count < run.count; datagram = datagram->next)
	{
		buffers[count].iov_base = const_cast<uint8_t*>(datagram->data);
		buffers[count].iov_len  = datagram->len;
		++count;
	}

	msghdr message{};

	message.msg_name    = std::addressof(batch.addr);
	message.msg_namelen = batch.addr.sa_family == AF_INET6 ? sizeof(batch.addr6) : sizeof(batch.addr4);
	message.msg_iov     = buffers;
	message.msg_iovlen  = count;

	alignas(cmsghdr) uint8_t control[CMSG_SPACE(sizeof(uint16_t))]{};

	if (count > 1)
	{
		message.msg_control    = control;
		message.msg_controllen = sizeof(control);

		const auto segmentSize = static_cast<uint16_t>(run.first->len);
		auto* header           = CMSG_FIRSTHDR(std::addressof(message));

		header->cmsg_level = IPPROTO_UDP;
		header->cmsg_type  = UDP_SEGMENT;
		header->cmsg_len   = CMSG_LEN(sizeof(segmentSize));
		std::memcpy(CMSG_DATA(header), std::addressof(segmentSize), sizeof(segmentSize));
	}

	uv_os_fd_t fd{};

	uv_fileno(reinterpret_cast<uv_handle_t*>(socket->uvHandle), std::addressof(fd));

	ssize_t sent;

	do
	{
		sent = sendmsg(fd, std::addressof(message), MSG_DONTWAIT);
		++this->callCounter;
	} while (sent == -1 && errno == EINTR);

	if (sent >= 0)
	{
		this->datagramCounter += count;
		socket->sentBytes += sent;

		for (auto* datagram = run.first; count > 0; --count, datagram = datagram->next)
		{
			datagram->sent = true;
		}

		return;
	}

	switch (errno)
	{
		// No room in the socket or in the device's queue. libuv queues what it cannot
		// send.
		case EAGAIN:
		case ENOBUFS:
		{
			this->queuedCounter += count;

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
			if (count > 1)
			{
				MS_DEBUG_DEV("the kernel refuses to segment: %s", std::strerror(errno));

				++this->fallbackCounter;
				DatagramBatches::Refuse(batch);
			}

			break;
		}

		default:;
	}

	SendOneByOne(batch, run);
#endif
}

void SegmentedSender::SendOneByOne(DatagramBatches::Batch& batch, const DatagramBatches::Run& run)
{
	MS_TRACE();

	auto* datagram = run.first;

	for (size_t i{ 0 }; i < run.count; ++i, datagram = datagram->next)
	{
		batch.socket->Send(
		  datagram->data, datagram->len, std::addressof(batch.addr), std::exchange(datagram->cb, nullptr));
	}
}
