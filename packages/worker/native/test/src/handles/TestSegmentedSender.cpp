#include "common.hpp"
#include "DepLibUV.hpp"
#include "handles/SegmentedSender.hpp"
#include "handles/UdpSocketHandle.hpp"
#include "WorkerCounters.hpp"
#include <uv.h>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib> // setenv(), unsetenv()
#include <string>
#include <vector>

#ifdef __linux__

SCENARIO("SegmentedSender", "[segmentedsender]")
{
	using Datagrams = std::vector<std::vector<uint8_t>>;

	/* A socket on loopback that keeps what it receives. */
	class Socket : public UdpSocketHandle
	{
	public:
		static uv_udp_t* Bind(const std::string& ip)
		{
			auto* uvHandle = new uv_udp_t;
			sockaddr_storage addr{};

			REQUIRE(uv_udp_init(DepLibUV::GetLoop(), uvHandle) == 0);

			if (ip == "::1")
			{
				REQUIRE(uv_ip6_addr(ip.c_str(), 0, reinterpret_cast<sockaddr_in6*>(&addr)) == 0);
			}
			else
			{
				REQUIRE(uv_ip4_addr(ip.c_str(), 0, reinterpret_cast<sockaddr_in*>(&addr)) == 0);
			}

			REQUIRE(uv_udp_bind(uvHandle, reinterpret_cast<sockaddr*>(&addr), 0) == 0);

			return uvHandle;
		}

		explicit Socket(const std::string& ip = "127.0.0.1") : Socket(Bind(ip))
		{
		}

		explicit Socket(uv_udp_t* uvHandle) : UdpSocketHandle(uvHandle), uv(uvHandle)
		{
		}

		int GetFd() const
		{
			uv_os_fd_t fd{};

			REQUIRE(uv_fileno(reinterpret_cast<uv_handle_t*>(this->uv), &fd) == 0);

			return fd;
		}

	protected:
		void UserOnUdpDatagramReceived(
		  const uint8_t* data, size_t len, size_t /*bufferLen*/, const sockaddr* /*addr*/) override
		{
			this->received.emplace_back(data, data + len);
		}

	public:
		uv_udp_t* uv;
		Datagrams received;
	};

	/* The sender of this thread, as long as it lives. */
	struct Feature
	{
		Feature()
		{
			SegmentedSender::ClassInit();
		}
		~Feature()
		{
			SegmentedSender::ClassDestroy();
			uv_run(DepLibUV::GetLoop(), UV_RUN_NOWAIT);
		}
	};

	struct Counters
	{
		uint64_t datagrams{ WorkerCounters::Get("segmented-sends.datagrams") };
		uint64_t calls{ WorkerCounters::Get("segmented-sends.calls") };
		uint64_t fallbacks{ WorkerCounters::Get("segmented-sends.fallbacks") };
		uint64_t queued{ WorkerCounters::Get("segmented-sends.queued") };
	};

	// Different bytes in each datagram, so that their order shows.
	auto makeDatagrams = [](const std::vector<size_t>& lengths)
	{
		Datagrams datagrams;

		for (const auto len : lengths)
		{
			std::vector<uint8_t> datagram(len);

			for (size_t i{ 0 }; i < len; ++i)
			{
				datagram[i] = static_cast<uint8_t>((datagrams.size() * 31) + i);
			}

			datagrams.push_back(std::move(datagram));
		}

		return datagrams;
	};

	auto sendAll = [](Socket& from, const Socket& to, SegmentedSender::Destination& destination, const Datagrams& datagrams)
	{
		for (const auto& datagram : datagrams)
		{
			SegmentedSender::Get()->Send(
			  &from, destination, datagram.data(), datagram.size(), to.GetLocalAddress(), nullptr);
		}
	};

	// Turns the loop until so many datagrams have been received.
	auto receive = [](const Socket& socket, size_t count)
	{
		const auto giveUpMs = DepLibUV::GetTimeMs() + 10000;

		while (socket.received.size() < count && DepLibUV::GetTimeMs() < giveUpMs)
		{
			uv_run(DepLibUV::GetLoop(), UV_RUN_NOWAIT);
		}
	};

	const Feature feature;

	REQUIRE(SegmentedSender::Get());

	const Counters before;

	SECTION("datagrams of any lengths leave by one call")
	{
		Socket from;
		Socket to;
		SegmentedSender::Destination destination;
		const auto datagrams =
		  makeDatagrams({ 1200, 1200, 1200, 500, 1200, 1200, 1300, 100, 100, 100, 1 });

		sendAll(from, to, destination, datagrams);
		receive(to, datagrams.size());

		const Counters after;

		REQUIRE((to.received == datagrams));
		REQUIRE(after.datagrams - before.datagrams == datagrams.size());
		REQUIRE(after.calls - before.calls == 1);
		REQUIRE(from.GetSentBytes() == 8101);
		REQUIRE_FALSE(destination.IsRefused());
	}

	SECTION("over IPv6")
	{
		Socket from("::1");
		Socket to("::1");
		SegmentedSender::Destination destination;
		const auto datagrams = makeDatagrams({ 1200, 1200, 700 });

		sendAll(from, to, destination, datagrams);
		receive(to, datagrams.size());

		REQUIRE((to.received == datagrams));
		REQUIRE(Counters().calls - before.calls == 1);
	}

	SECTION("more datagrams than the kernel takes at once")
	{
		Socket from;
		Socket to;
		SegmentedSender::Destination destination;
		const auto datagrams = makeDatagrams(std::vector<size_t>(150, 200));

		sendAll(from, to, destination, datagrams);
		receive(to, datagrams.size());

		REQUIRE((to.received == datagrams));
		REQUIRE(Counters().calls - before.calls == 1);
		REQUIRE(Counters().fallbacks == before.fallbacks);
	}

	SECTION("more bytes than fit into one call")
	{
		Socket from;
		Socket to;
		SegmentedSender::Destination destination;
		const auto datagrams = makeDatagrams(std::vector<size_t>(4, 30000));

		sendAll(from, to, destination, datagrams);
		receive(to, datagrams.size());

		REQUIRE((to.received == datagrams));
		REQUIRE(Counters().calls - before.calls == 1);
		REQUIRE(Counters().fallbacks == before.fallbacks);
	}

	SECTION("each destination gets its own")
	{
		Socket from;
		Socket to1;
		Socket to2;
		SegmentedSender::Destination destination1;
		SegmentedSender::Destination destination2;
		const auto datagrams = makeDatagrams({ 300, 300, 300, 300, 300, 300 });

		for (size_t i{ 0 }; i < datagrams.size(); i += 2)
		{
			sendAll(from, to1, destination1, { datagrams[i] });
			sendAll(from, to2, destination2, { datagrams[i + 1] });
		}

		receive(to1, 3);
		receive(to2, 3);

		REQUIRE((to1.received == Datagrams{ datagrams[0], datagrams[2], datagrams[4] }));
		REQUIRE((to2.received == Datagrams{ datagrams[1], datagrams[3], datagrams[5] }));
		REQUIRE(Counters().calls - before.calls == 1);
	}

	SECTION("more destinations than a call takes, from two sockets")
	{
		Socket from1;
		Socket from2;
		std::vector<std::unique_ptr<Socket>> to;
		std::vector<std::unique_ptr<SegmentedSender::Destination>> destinations;
		const auto datagrams = makeDatagrams({ 300, 300, 300 });

		for (size_t i{ 0 }; i < 150; ++i)
		{
			to.push_back(std::make_unique<Socket>());
			destinations.push_back(std::make_unique<SegmentedSender::Destination>());
			sendAll(i < 100 ? from1 : from2, *to[i], *destinations[i], datagrams);
		}

		for (const auto& socket : to)
		{
			receive(*socket, datagrams.size());

			REQUIRE((socket->received == datagrams));
		}

		REQUIRE(from1.GetSentBytes() == 90000);
		REQUIRE(from2.GetSentBytes() == 45000);
		// 64 and 36 messages, then 50.
		REQUIRE(Counters().calls - before.calls == 3);
	}

	SECTION("what waits is sent if the tuple goes away, and if the socket is closed")
	{
		auto from = std::make_unique<Socket>();
		Socket to;
		const auto datagrams = makeDatagrams({ 300, 300, 300, 300 });

		{
			SegmentedSender::Destination destination;

			sendAll(*from, to, destination, { datagrams[0], datagrams[1] });
		}

		{
			SegmentedSender::Destination destination;

			sendAll(*from, to, destination, { datagrams[2], datagrams[3] });
		}

		from.reset();
		receive(to, datagrams.size());

		REQUIRE((to.received == datagrams));
	}

	SECTION("nothing waits at the copy of a destination")
	{
		Socket from;
		Socket to1;
		Socket to2;
		SegmentedSender::Destination destination1;
		const auto datagrams = makeDatagrams({ 300, 300 });

		sendAll(from, to1, destination1, { datagrams[0] });

		SegmentedSender::Destination destination2(destination1);

		sendAll(from, to2, destination2, { datagrams[1] });
		receive(to1, 1);
		receive(to2, 1);

		REQUIRE((to1.received == Datagrams{ datagrams[0] }));
		REQUIRE((to2.received == Datagrams{ datagrams[1] }));
	}

	SECTION("if the kernel refuses, datagrams leave one by one, and nothing waits for this destination again")
	{
		Socket from;
		Socket to;
		SegmentedSender::Destination destination;
		const auto datagrams = makeDatagrams(std::vector<size_t>(70, 200));
		const auto later     = makeDatagrams({ 400, 400 });

		// The kernel does not segment without checksums.
		const int on{ 1 };

		REQUIRE(setsockopt(from.GetFd(), SOL_SOCKET, SO_NO_CHECK, &on, sizeof(on)) == 0);

		sendAll(from, to, destination, datagrams);
		receive(to, datagrams.size());

		REQUIRE((to.received == datagrams));
		REQUIRE(destination.IsRefused());
		REQUIRE(Counters().fallbacks - before.fallbacks == 1);
		REQUIRE(Counters().datagrams == before.datagrams);
		REQUIRE(from.GetSentBytes() == 70 * 200);

		to.received.clear();
		sendAll(from, to, destination, later);

		// At once.
		REQUIRE(from.GetSentBytes() == (70 * 200) + 800);

		receive(to, later.size());

		REQUIRE((to.received == later));
		REQUIRE(Counters().fallbacks - before.fallbacks == 1);
	}

	SECTION("behind what is in libuv's queue")
	{
		Socket from;
		Socket to;
		SegmentedSender::Destination destination;
		const auto datagrams = makeDatagrams({ 500, 300, 300, 300 });
		uv_udp_send_t request{};
		auto buffer = uv_buf_init(
		  reinterpret_cast<char*>(const_cast<uint8_t*>(datagrams[0].data())), datagrams[0].size());

		// It counts as queued until the loop has turned.
		REQUIRE(
		  uv_udp_send(
		    &request, from.uv, &buffer, 1, to.GetLocalAddress(), [](uv_udp_send_t*, int) {}) == 0);
		REQUIRE(uv_udp_get_send_queue_count(from.uv) == 1);

		sendAll(from, to, destination, { datagrams[1], datagrams[2], datagrams[3] });
		SegmentedSender::Get()->Flush();

		REQUIRE(uv_udp_get_send_queue_count(from.uv) == 4);

		receive(to, datagrams.size());

		REQUIRE((to.received == datagrams));
		REQUIRE(Counters().queued - before.queued == 3);
		REQUIRE_FALSE(destination.IsRefused());
	}

	SECTION("each callback is called once, and may send")
	{
		Socket from;
		Socket to;
		SegmentedSender::Destination destination;
		const auto datagrams = makeDatagrams({ 300, 300, 300 });
		std::vector<size_t> called(datagrams.size(), 0);

		for (size_t i{ 0 }; i < datagrams.size(); ++i)
		{
			SegmentedSender::Get()->Send(
			  &from,
			  destination,
			  datagrams[i].data(),
			  datagrams[i].size(),
			  to.GetLocalAddress(),
			  new SegmentedSender::onSendCallback(
			    [&, i](bool sent)
			    {
				    called[i] += sent ? 1 : 100;

				    if (i == 0)
				    {
					    sendAll(from, to, destination, { datagrams[0] });
				    }
			    }));
		}

		REQUIRE(called == std::vector<size_t>{ 0, 0, 0 });

		SegmentedSender::Get()->Flush();

		REQUIRE(called == std::vector<size_t>{ 1, 1, 1 });

		receive(to, 4);

		REQUIRE((to.received == Datagrams{ datagrams[0], datagrams[1], datagrams[2], datagrams[0] }));
	}

	SECTION("a refusal is one destination's alone")
	{
		Socket from;
		Socket to1;
		Socket to2("::1");
		Socket to3;
		SegmentedSender::Destination destination1;
		SegmentedSender::Destination destination2;
		SegmentedSender::Destination destination3;
		const auto datagrams = makeDatagrams({ 300, 300, 300 });

		sendAll(from, to1, destination1, datagrams);
		// Not from an IPv4 socket.
		sendAll(from, to2, destination2, datagrams);
		sendAll(from, to3, destination3, datagrams);
		receive(to1, datagrams.size());
		receive(to3, datagrams.size());

		REQUIRE((to1.received == datagrams));
		REQUIRE((to3.received == datagrams));
		REQUIRE(Counters().datagrams - before.datagrams == 6);
	}

	SECTION("callbacks are called where the kernel refuses, and where a socket cannot send")
	{
		Socket from;
		Socket to;
		Socket to6("::1");
		SegmentedSender::Destination destination;
		SegmentedSender::Destination destination6;
		const auto datagrams = makeDatagrams({ 300, 300 });
		const int on{ 1 };
		size_t sentCount{ 0 };
		size_t failedCount{ 0 };

		REQUIRE(setsockopt(from.GetFd(), SOL_SOCKET, SO_NO_CHECK, &on, sizeof(on)) == 0);

		auto send = [&](const Socket& remote, SegmentedSender::Destination& its)
		{
			for (const auto& datagram : datagrams)
			{
				SegmentedSender::Get()->Send(
				  &from,
				  its,
				  datagram.data(),
				  datagram.size(),
				  remote.GetLocalAddress(),
				  new SegmentedSender::onSendCallback(
				    [&](bool sent)
				    {
					    ++(sent ? sentCount : failedCount);
				    }));
			}
		};

		send(to, destination);
		// From an IPv4 socket.
		send(to6, destination6);
		receive(to, datagrams.size());
		uv_run(DepLibUV::GetLoop(), UV_RUN_NOWAIT);

		REQUIRE((to.received == datagrams));
		REQUIRE(sentCount == 2);
		REQUIRE(failedCount == 2);
	}

	SECTION("when there is no more room, what waits is sent")
	{
		Socket from;
		const Socket to;
		SegmentedSender::Destination destination;
		const std::vector<uint8_t> datagram(1000, 7);
		const size_t count{ 20000 };
		size_t called{ 0 };

		for (size_t i{ 0 }; i < count; ++i)
		{
			SegmentedSender::Get()->Send(
			  &from,
			  destination,
			  datagram.data(),
			  i % 2 == 0 ? datagram.size() : 1,
			  to.GetLocalAddress(),
			  new SegmentedSender::onSendCallback(
			    [&called](bool /*sent*/)
			    {
				    ++called;
			    }));
		}

		REQUIRE(called > 0);

		SegmentedSender::Get()->Flush();

		REQUIRE(called == count);
	}

	SECTION("while many datagrams are received, nothing waits for their end")
	{
		Socket from;
		Socket to;
		SegmentedSender::Destination destination;
		const auto datagrams = makeDatagrams({ 300, 300 });
		const auto giveUpMs  = DepLibUV::GetTimeMs() + 10000;

		sendAll(from, to, destination, datagrams);

		while (from.GetSentBytes() == 0 && DepLibUV::GetTimeMs() < giveUpMs)
		{
			SegmentedSender::OnDatagramHandled();
		}

		REQUIRE(from.GetSentBytes() == 600);

		receive(to, datagrams.size());

		REQUIRE((to.received == datagrams));
	}

	SECTION("SPILLWAY_SEGMENTED_SENDS=off")
	{
		SegmentedSender::ClassDestroy();
		setenv("SPILLWAY_SEGMENTED_SENDS", "off", /*overwrite*/ 1);
		SegmentedSender::ClassInit();
		unsetenv("SPILLWAY_SEGMENTED_SENDS");

		REQUIRE_FALSE(SegmentedSender::Get());
	}
}

#endif
