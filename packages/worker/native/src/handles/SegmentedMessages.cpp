#define MS_CLASS "SegmentedMessages"
// #define MS_LOG_DEV_LEVEL 3

#include "handles/SegmentedMessages.hpp"
#include "Logger.hpp"
#include <cerrno>
#include <cstring> // std::memcpy()
#ifdef __linux__
#include <netinet/udp.h> // UDP_SEGMENT
#include <unistd.h>      // close()
#endif

/* Static methods. */

bool SegmentedMessages::IsSupported()
{
	MS_TRACE();

#ifdef UDP_SEGMENT
	// Kernels before 4.18 do not know the option.
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd == -1)
	{
		return false;
	}

	int value{ 0 };
	socklen_t valueLen{ sizeof(value) };
	const int err =
	  getsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, std::addressof(value), std::addressof(valueLen));

	close(fd);

	return err == 0;
#else
	return false;
#endif
}

/* Instance methods. */

void SegmentedMessages::Add(DatagramBatches::Batch& batch, const DatagramBatches::Run& run)
{
	MS_TRACE();

	const auto idx = this->count++;

	this->entries[idx] = Entry{ .batch = std::addressof(batch), .run = run };

#ifdef UDP_SEGMENT
	auto* buffer         = this->buffers[idx];
	const auto* datagram = run.first;

	for (size_t i{ 0 }; i < run.count; ++i, datagram = datagram->next)
	{
		buffer[i].iov_base = const_cast<uint8_t*>(datagram->data);
		buffer[i].iov_len  = datagram->len;
	}

	auto& header = this->headers[idx].msg_hdr;

	header             = msghdr{};
	header.msg_name    = std::addressof(batch.addr);
	header.msg_namelen = batch.addr.sa_family == AF_INET6 ? sizeof(batch.addr6) : sizeof(batch.addr4);
	header.msg_iov     = buffer;
	header.msg_iovlen  = run.count;

	if (run.count == 1)
	{
		return;
	}

	header.msg_control    = this->controls[idx].bytes;
	header.msg_controllen = sizeof(this->controls[idx].bytes);

	const auto segmentSize = static_cast<uint16_t>(run.first->len);
	auto* control          = CMSG_FIRSTHDR(std::addressof(header));

	control->cmsg_level = IPPROTO_UDP;
	control->cmsg_type  = UDP_SEGMENT;
	control->cmsg_len   = CMSG_LEN(sizeof(segmentSize));
	std::memcpy(CMSG_DATA(control), std::addressof(segmentSize), sizeof(segmentSize));
#endif
}

int SegmentedMessages::Send(int fd, size_t idx)
{
	MS_TRACE();

#ifdef UDP_SEGMENT
	int sent;

	do
	{
		sent = sendmmsg(fd, this->headers + idx, this->count - idx, MSG_DONTWAIT);
	} while (sent == -1 && errno == EINTR);

	return sent == -1 ? -errno : sent;
#else
	return -ENOSYS;
#endif
}
