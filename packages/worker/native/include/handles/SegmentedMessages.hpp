#ifndef MS_SEGMENTED_MESSAGES_HPP
#define MS_SEGMENTED_MESSAGES_HPP

#include "common.hpp"
#include "handles/DatagramBatches.hpp"

/**
 * Runs of datagrams in the form in which Linux takes many of them by one call, each
 * as one message that the kernel, or the network device, cuts into its datagrams.
 */
class SegmentedMessages
{
public:
	// Datagrams in a message. The kernel takes 64, but they leave in a row, which a
	// viewer's access point has to buffer; more saves little.
	static constexpr size_t MaxSegments{ 32 };
	// Bytes in a message. The kernel's bound is below 65,535 by the headers.
	static constexpr size_t MaxBytes{ 64000 };
	// More in a call saves nothing.
	static constexpr size_t MaxMessages{ 64 };

	struct Entry
	{
		DatagramBatches::Batch* batch;
		DatagramBatches::Run run;
	};

public:
	/**
	 * Whether this system cuts messages.
	 */
	static bool IsSupported();

public:
	bool IsFull() const
	{
		return this->count == MaxMessages;
	}
	size_t GetCount() const
	{
		return this->count;
	}
	const Entry& Get(size_t idx) const
	{
		return this->entries[idx];
	}
	/**
	 * Must not be full.
	 */
	void Add(DatagramBatches::Batch& batch, const DatagramBatches::Run& run);
	/**
	 * Sends messages by one call, beginning with this one.
	 *
	 * @returns how many were sent, at least one, or a negative error of the first one.
	 */
	int Send(int fd, size_t idx);
	void Clear()
	{
		this->count = 0;
	}

private:
	size_t count{ 0 };
	Entry entries[MaxMessages];
#ifdef __linux__
	mmsghdr headers[MaxMessages];
	iovec buffers[MaxMessages][MaxSegments];
	struct alignas(cmsghdr) Control
	{
		uint8_t bytes[CMSG_SPACE(sizeof(uint16_t))];
	} controls[MaxMessages];
#endif
};

#endif
