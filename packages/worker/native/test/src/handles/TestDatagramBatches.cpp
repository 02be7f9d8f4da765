#include "common.hpp"
#include "handles/DatagramBatches.hpp"
#include <catch2/catch_test_macros.hpp>
#include <vector>

SCENARIO("DatagramBatches", "[datagrambatches]")
{
	using Callbacks = std::vector<std::pair<DatagramBatches::onSendCallback*, bool>>;

	sockaddr_in addr{};

	addr.sin_family = AF_INET;

	const std::vector<uint8_t> data(2000, 1);

	auto append = [&](
	                DatagramBatches& batches,
	                DatagramBatches::Destination& destination,
	                const std::vector<size_t>& lengths)
	{
		for (const auto len : lengths)
		{
			REQUIRE(batches.Append(
			  destination,
			  /*socket*/ nullptr,
			  reinterpret_cast<const sockaddr*>(&addr),
			  data.data(),
			  len,
			  /*cb*/ nullptr));
		}
	};

	// How many datagrams each run takes.
	auto takeAll = [](DatagramBatches::Batch& batch, size_t maxDatagrams, size_t maxBytes)
	{
		std::vector<size_t> counts;

		while (batch.head)
		{
			counts.push_back(DatagramBatches::TakeRun(batch, maxDatagrams, maxBytes).count);
		}

		return counts;
	};

	Callbacks callbacks;

	SECTION("a run has datagrams of equal length, of which the last one may be shorter")
	{
		DatagramBatches batches(/*bytes*/ 100000, /*maxDatagrams*/ 100);
		DatagramBatches::Destination destination;

		append(batches, destination, { 1200, 1200, 1200, 500, 1200, 1200, 1300, 100, 100, 100, 1, 1 });

		REQUIRE(batches.GetBatches().size() == 1);
		REQUIRE(takeAll(batches.GetBatches()[0], 64, 65000) == std::vector<size_t>{ 4, 2, 2, 3, 1 });

		batches.Clear(callbacks);
	}

	SECTION("a run is bounded in datagrams and in bytes")
	{
		DatagramBatches batches(/*bytes*/ 100000, /*maxDatagrams*/ 100);
		DatagramBatches::Destination destination1;
		DatagramBatches::Destination destination2;

		append(batches, destination1, std::vector<size_t>(10, 1000));
		append(batches, destination2, std::vector<size_t>(10, 1000));

		REQUIRE(batches.GetBatches().size() == 2);
		REQUIRE(takeAll(batches.GetBatches()[0], 4, 65000) == std::vector<size_t>{ 4, 4, 2 });
		REQUIRE(takeAll(batches.GetBatches()[1], 64, 5999) == std::vector<size_t>{ 5, 5 });

		batches.Clear(callbacks);
	}

	SECTION("there is room for so many bytes and datagrams")
	{
		DatagramBatches few(/*bytes*/ 100000, /*maxDatagrams*/ 2);
		DatagramBatches small(/*bytes*/ 2500, /*maxDatagrams*/ 100);
		DatagramBatches::Destination destination1;
		DatagramBatches::Destination destination2;
		const auto* to = reinterpret_cast<const sockaddr*>(&addr);

		append(few, destination1, { 100, 100 });

		REQUIRE_FALSE(few.Append(destination1, nullptr, to, data.data(), 100, nullptr));

		append(small, destination2, { 1000, 1000 });

		REQUIRE_FALSE(small.Append(destination2, nullptr, to, data.data(), 1000, nullptr));

		small.Clear(callbacks);

		REQUIRE(small.IsEmpty());

		append(small, destination2, { 1000, 1000 });

		few.Clear(callbacks);
		small.Clear(callbacks);
	}

	SECTION("a refusal is for the destination that is still there")
	{
		DatagramBatches batches(/*bytes*/ 100000, /*maxDatagrams*/ 100);
		DatagramBatches::Destination destination;

		append(batches, destination, { 100 });

		{
			DatagramBatches::Destination gone;

			append(batches, gone, { 100 });
		}

		DatagramBatches::Refuse(batches.GetBatches()[0]);
		DatagramBatches::Refuse(batches.GetBatches()[1]);

		REQUIRE(destination.IsRefused());
		REQUIRE_FALSE(DatagramBatches::Destination(destination).IsRefused());

		batches.Clear(callbacks);
	}

	SECTION("callbacks that are left come out with what became of their datagrams")
	{
		DatagramBatches batches(/*bytes*/ 100000, /*maxDatagrams*/ 100);
		DatagramBatches::Destination destination;
		const DatagramBatches::onSendCallback cb1([](bool) {});
		const DatagramBatches::onSendCallback cb2([](bool) {});
		const auto* to = reinterpret_cast<const sockaddr*>(&addr);

		REQUIRE(batches.Append(destination, nullptr, to, data.data(), 100, &cb1));
		REQUIRE(batches.Append(destination, nullptr, to, data.data(), 100, nullptr));
		REQUIRE(batches.Append(destination, nullptr, to, data.data(), 100, &cb2));

		batches.GetBatches()[0].head->sent = true;
		batches.Clear(callbacks);

		REQUIRE(callbacks == Callbacks{ { &cb1, true }, { &cb2, false } });
	}
}
