#define MS_CLASS "DatagramBatches"
// #define MS_LOG_DEV_LEVEL 3

#include "handles/DatagramBatches.hpp"
#include "Logger.hpp"
#include <cstring> // std::memcpy()

/* Static. */

// Datagrams start at multiples of this (bytes), which copies and ciphers like.
static constexpr size_t Alignment{ 16 };

/* Instance methods. */

// NOTE: The memory is not touched here, so the system gives only what is used of it.
DatagramBatches::DatagramBatches(size_t bytes, size_t maxDatagrams)
  : size(bytes), memory(new uint8_t[bytes])
{
	MS_TRACE();

	// Pointers to elements are kept, so these must never grow.
	this->datagrams.reserve(maxDatagrams);
	this->batches.reserve(maxDatagrams);
}

bool DatagramBatches::Append(
  Destination& destination,
  UdpSocketHandle* socket,
  const sockaddr* addr,
  const uint8_t* data,
  size_t len,
  onSendCallback* cb)
{
	MS_TRACE();

	if (len > this->size - this->used || this->datagrams.size() == this->datagrams.capacity())
	{
		return false;
	}

	auto* copy = this->memory.get() + this->used;

	std::memcpy(copy, data, len);

	this->used = std::min(this->size, (this->used + len + Alignment - 1) / Alignment * Alignment);
	this->callbackCount += cb ? 1 : 0;

	auto* datagram = std::addressof(this->datagrams.emplace_back(
	  Datagram{ .data = copy, .cb = cb, .next = nullptr, .len = static_cast<uint32_t>(len), .sent = false }));

	if (destination.batch)
	{
		destination.batch->tail->next = datagram;
		destination.batch->tail       = datagram;

		return true;
	}

	auto& batch = this->batches.emplace_back();

	batch.socket      = socket;
	batch.destination = std::addressof(destination);
	batch.head        = datagram;
	batch.tail        = datagram;

	// The address is copied, since its owner may go away first.
	if (addr->sa_family == AF_INET6)
	{
		std::memcpy(std::addressof(batch.addr6), addr, sizeof(batch.addr6));
	}
	else
	{
		std::memcpy(std::addressof(batch.addr4), addr, sizeof(batch.addr4));
	}

	destination.batch = std::addressof(batch);

	return true;
}

DatagramBatches::Run DatagramBatches::TakeRun(Batch& batch, size_t maxDatagrams, size_t maxBytes)
{
	MS_TRACE();

	auto* first = batch.head;
	Run run{ .first = first, .count = 1, .bytes = first->len };
	auto* last = first;
	auto* next = first->next;

	while (next && run.count < maxDatagrams && last->len == first->len && next->len <= first->len &&
	       run.bytes + next->len <= maxBytes)
	{
		++run.count;
		run.bytes += next->len;
		last = next;
		next = next->next;
	}

	batch.head = next;

	return run;
}

void DatagramBatches::Refuse(const Batch& batch)
{
	MS_TRACE();

	if (batch.destination)
	{
		batch.destination->refused = true;
	}
}

void DatagramBatches::Clear(std::vector<std::pair<onSendCallback*, bool>>& callbacks)
{
	MS_TRACE();

	for (const auto& batch : this->batches)
	{
		if (batch.destination)
		{
			batch.destination->batch = nullptr;
		}
	}

	if (this->callbackCount > 0)
	{
		for (const auto& datagram : this->datagrams)
		{
			if (datagram.cb)
			{
				callbacks.emplace_back(datagram.cb, datagram.sent);
			}
		}
	}

	this->batches.clear();
	this->datagrams.clear();
	this->used          = 0;
	this->callbackCount = 0;
}
