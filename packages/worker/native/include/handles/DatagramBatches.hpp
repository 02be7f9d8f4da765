#ifndef MS_DATAGRAM_BATCHES_HPP
#define MS_DATAGRAM_BATCHES_HPP

#include "common.hpp"
#include <vector>

class UdpSocketHandle;

/**
 * Datagrams that wait to be sent, in one batch for each destination, in the order
 * in which they came. Only keeps them: no input nor output.
 *
 * @remarks
 * - Datagrams are copied one behind the other into one piece of memory, whoever they
 *   are for, and those of a batch are linked.
 * - Room is bounded and made at once, so that nothing moves until Clear().
 */
class DatagramBatches
{
public:
	using onSendCallback = const std::function<void(bool sent)>;

	struct Batch;

	/**
	 * Where datagrams to a certain remote address wait. A member of what stands for
	 * that address; it may go away at any time, what waits does not depend on it.
	 */
	class Destination
	{
	public:
		Destination() = default;
		// Nothing waits at a copy: it stands for another object.
		Destination(const Destination& /*other*/)
		{
		}
		Destination& operator=(const Destination&) = delete;
		~Destination()
		{
			if (this->batch)
			{
				this->batch->destination = nullptr;
			}
		}

	public:
		bool IsRefused() const
		{
			return this->refused;
		}

	private:
		friend class DatagramBatches;

		Batch* batch{ nullptr };
		// The kernel does not segment for it, so nothing shall wait here.
		bool refused{ false };
	};

	struct Datagram
	{
		const uint8_t* data;
		onSendCallback* cb;
		// Of the same batch.
		Datagram* next;
		uint32_t len;
		bool sent;
	};

	struct Batch
	{
		UdpSocketHandle* socket;
		Destination* destination;
		// First datagram that has not been taken yet.
		Datagram* head;
		Datagram* tail;
		union
		{
			sockaddr addr;
			sockaddr_in addr4;
			sockaddr_in6 addr6;
		};
	};

	/* Datagrams of a batch that can leave as segments of one. */
	struct Run
	{
		Datagram* first;
		size_t count;
		size_t bytes;
	};

public:
	/**
	 * @param bytes - Room for datagrams (bytes).
	 * @param maxDatagrams - Datagrams at most, and batches at most.
	 */
	DatagramBatches(size_t bytes, size_t maxDatagrams);
	DatagramBatches& operator=(const DatagramBatches&) = delete;
	DatagramBatches(const DatagramBatches&)            = delete;
	/* Batches must have been cleared. */
	~DatagramBatches() = default;

public:
	bool IsEmpty() const
	{
		return this->batches.empty();
	}
	/**
	 * Copies the datagram to the end of the destination's batch.
	 *
	 * @param cb - Taken over if true is returned. May be null.
	 *
	 * @returns false if there is no room.
	 */
	bool Append(
	  Destination& destination,
	  UdpSocketHandle* socket,
	  const sockaddr* addr,
	  const uint8_t* data,
	  size_t len,
	  onSendCallback* cb);
	std::vector<Batch>& GetBatches()
	{
		return this->batches;
	}
	/**
	 * Takes datagrams of equal length from the head of the batch, of which the last
	 * one may be shorter. At least one.
	 */
	static Run TakeRun(Batch& batch, size_t maxDatagrams, size_t maxBytes);
	/**
	 * Nothing shall wait for this batch's destination any more.
	 */
	static void Refuse(const Batch& batch);
	/**
	 * Forgets all datagrams. Callbacks that were left are moved to the given list,
	 * with whether their datagram was sent.
	 */
	void Clear(std::vector<std::pair<onSendCallback*, bool>>& callbacks);

private:
	size_t size;
	size_t used{ 0 };
	size_t callbackCount{ 0 };
	std::unique_ptr<uint8_t[]> memory;
	std::vector<Datagram> datagrams;
	std::vector<Batch> batches;
};

#endif
