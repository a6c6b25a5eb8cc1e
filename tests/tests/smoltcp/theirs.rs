//! The crate: one socket behind an interface whose device is two queues.

use super::step::{Opening, Seen, Sent, Step, Told, Wire};
use sim_core::wire::{Flags, State};
use smoltcp::iface::{Config, Interface, PollResult, SocketHandle, SocketSet};
use smoltcp::phy::{self, ChecksumCapabilities, Device, DeviceCapabilities, Medium};
use smoltcp::socket::tcp::{self, RecvError};
use smoltcp::time::Instant;
use smoltcp::wire::{
    HardwareAddress, IpAddress, IpCidr, IpProtocol, Ipv4Address, Ipv4Packet, Ipv4Repr, TcpControl,
    TcpPacket, TcpRepr, TcpSeqNumber,
};
use std::collections::VecDeque;

const OURS: Ipv4Address = Ipv4Address::new(10, 0, 0, 1);
const PEERS: Ipv4Address = Ipv4Address::new(10, 0, 0, 2);
const PORT: u16 = 80;
const PEERS_PORT: u16 = 5_000;
/// The peer's initial number.
const IRS: i32 = 500_000;
/// Stands for an initial number where none has been sent.
const NO_ISS: i32 = 1_000;
/// Headers of IPv4 and TCP.
const HEADERS: usize = 40;

/// Two queues.
#[derive(Default)]
struct Queues {
    arriving: VecDeque<Vec<u8>>,
    sent: Vec<Vec<u8>>,
}

struct Arriving(Vec<u8>);
struct Leaving<'a>(&'a mut Vec<Vec<u8>>);

impl phy::RxToken for Arriving {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, f: F) -> R {
        f(&self.0)
    }
}

impl phy::TxToken for Leaving<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, len: usize, f: F) -> R {
        let mut packet = vec![0; len];
        let done = f(&mut packet);
        self.0.push(packet);
        done
    }
}

impl Device for Queues {
    type RxToken<'a> = Arriving;
    type TxToken<'a> = Leaving<'a>;

    fn receive(&mut self, _: Instant) -> Option<(Arriving, Leaving<'_>)> {
        let packet = self.arriving.pop_front()?;
        Some((Arriving(packet), Leaving(&mut self.sent)))
    }

    fn transmit(&mut self, _: Instant) -> Option<Leaving<'_>> {
        Some(Leaving(&mut self.sent))
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ip;
        capabilities.max_transmission_unit = HEADERS + super::MSS as usize;
        capabilities.checksum = ChecksumCapabilities::ignored();
        capabilities
    }
}

/// The socket with its clock.
pub struct Theirs {
    interface: Interface,
    device: Queues,
    sockets: SocketSet<'static>,
    handle: SocketHandle,
    now: Instant,
    iss: i32,
}

impl Theirs {
    pub fn new(opening: Opening) -> Theirs {
        let mut device = Queues::default();
        let now = Instant::from_secs(100);
        let mut config = Config::new(HardwareAddress::Ip);
        config.random_seed = 7;
        let mut interface = Interface::new(config, &mut device, now);
        interface.update_ip_addrs(|list| {
            list.push(IpCidr::new(IpAddress::Ipv4(OURS), 24)).expect("room for one address");
        });
        let buffer = |size: u32| tcp::SocketBuffer::new(vec![0; size as usize]);
        let socket = tcp::Socket::new(buffer(super::RCV_BUF), buffer(super::SND_BUF));
        let mut sockets = SocketSet::new(Vec::new());
        let handle = sockets.add(socket);
        let socket = sockets.get_mut::<tcp::Socket>(handle);
        match opening {
            Opening::Active | Opening::SynSent => {
                socket.connect(interface.context(), (PEERS, PEERS_PORT), PORT).expect("closed");
            }
            Opening::Passive | Opening::Listening => socket.listen(PORT).expect("closed"),
        }
        Theirs { interface, device, sockets, handle, now, iss: NO_ISS }
    }

    fn socket(&mut self) -> &mut tcp::Socket<'static> {
        self.sockets.get_mut::<tcp::Socket>(self.handle)
    }

    /// Whether a timer is armed that is not the right to a challenge ACK.
    pub fn waits(&mut self) -> bool {
        self.interface.poll_at(self.now, &self.sockets).is_some()
    }

    /// How long it has been since this one was made, in milliseconds.
    pub fn now(&self) -> i64 {
        self.now.total_millis()
    }

    pub fn take(&mut self, step: Step, wire: Option<Wire>) -> Seen {
        let told = match step {
            Step::Write(count) => self.write(count),
            Step::Read(count) => self.read(count),
            Step::Finish | Step::Close => {
                self.socket().close();
                Told::Nothing
            }
            Step::Abort => {
                self.socket().abort();
                Told::Nothing
            }
            Step::Pass => {
                if let Some(at) = self.interface.poll_at(self.now, &self.sockets) {
                    self.now = at.max(self.now);
                }
                Told::Nothing
            }
            Step::Arrives(_) => Told::Nothing,
        };
        if let Some(wire) = wire {
            let packet = self.packet(&wire);
            self.device.arriving.push_back(packet);
        }
        self.seen(told)
    }

    /// What goes out now.
    pub fn seen(&mut self, told: Told) -> Seen {
        let Theirs { interface, device, sockets, now, .. } = self;
        interface.poll_ingress_single(*now, device, sockets);
        // Not poll(): it would not return where the socket never comes to rest.
        let mut rounds = 0..super::MOST;
        while rounds.next().is_some()
            && interface.poll_egress(*now, device, sockets) == PollResult::SocketStateChanged
        {
        }
        let packets = core::mem::take(&mut self.device.sent);
        let sent = packets.iter().map(|packet| self.read_packet(packet)).collect();
        Seen { sent, told, state: named(self.socket().state()) }
    }

    fn write(&mut self, count: u32) -> Told {
        let opening =
            matches!(self.socket().state(), tcp::State::SynSent | tcp::State::SynReceived);
        let told = self.socket().send_slice(&vec![0; count as usize]);
        match told {
            Ok(0) => Told::Waits,
            Ok(count) => Told::Count(u32::try_from(count).expect("small")),
            // The sockets API waits for the connection.
            Err(_) if opening => Told::Waits,
            Err(_) => Told::Error,
        }
    }

    fn read(&mut self, count: u32) -> Told {
        let opening =
            matches!(self.socket().state(), tcp::State::SynSent | tcp::State::SynReceived);
        match self.socket().recv_slice(&mut vec![0; count as usize]) {
            Ok(0) => Told::Waits,
            Ok(count) => Told::Count(u32::try_from(count).expect("small")),
            Err(RecvError::InvalidState) if opening => Told::Waits,
            Err(RecvError::InvalidState) => Told::Error,
            Err(RecvError::Finished) => Told::Eof,
        }
    }

    fn packet(&self, wire: &Wire) -> Vec<u8> {
        let control = match (wire.flags.syn(), wire.flags.fin(), wire.flags.rst()) {
            (true, _, _) => TcpControl::Syn,
            (_, true, _) => TcpControl::Fin,
            (_, _, true) => TcpControl::Rst,
            (false, false, false) => TcpControl::None,
        };
        let text = vec![0; wire.len as usize];
        let repr = TcpRepr {
            src_port: PEERS_PORT,
            dst_port: PORT,
            control,
            seq_number: TcpSeqNumber(IRS.wrapping_add(wire.seq.cast_signed())),
            ack_number: wire.ack.map(|ack| TcpSeqNumber(self.iss.wrapping_add(ack.cast_signed()))),
            window_len: u16::try_from(wire.wnd).expect("small"),
            window_scale: None,
            max_seg_size: wire.flags.syn().then_some(super::MSS as u16),
            sack_permitted: false,
            sack_ranges: [None; 3],
            timestamp: None,
            payload: &text,
        };
        let ip = Ipv4Repr {
            src_addr: PEERS,
            dst_addr: OURS,
            next_header: IpProtocol::Tcp,
            payload_len: repr.buffer_len(),
            hop_limit: 64,
        };
        let mut packet = vec![0; ip.buffer_len() + repr.buffer_len()];
        let ignored = ChecksumCapabilities::ignored();
        ip.emit(&mut Ipv4Packet::new_unchecked(&mut packet[..]), &ignored);
        let mut segment = TcpPacket::new_unchecked(&mut packet[ip.buffer_len()..]);
        repr.emit(&mut segment, &IpAddress::Ipv4(PEERS), &IpAddress::Ipv4(OURS), &ignored);
        packet
    }

    fn read_packet(&mut self, packet: &[u8]) -> Sent {
        let ip = Ipv4Packet::new_checked(packet).expect("IPv4");
        let tcp = TcpPacket::new_checked(ip.payload()).expect("TCP");
        if tcp.syn() {
            self.iss = tcp.seq_number().0;
        }
        let named = [(tcp.syn(), Flags::SYN), (tcp.fin(), Flags::FIN), (tcp.rst(), Flags::RST)];
        let flags = named.into_iter().filter(|(on, _)| *on);
        let seq = tcp.seq_number().0;
        Sent {
            flags: flags.fold(Flags::NONE, |all, (_, flag)| all.with(flag)),
            seq: (seq != 0).then(|| seq.wrapping_sub(self.iss)),
            ack: tcp.ack().then(|| tcp.ack_number().0.wrapping_sub(IRS)),
            len: u32::try_from(tcp.payload().len()).expect("small"),
            wnd: u32::from(tcp.window_len()),
        }
    }
}

fn named(state: tcp::State) -> State {
    match state {
        tcp::State::Closed => State::Closed,
        tcp::State::Listen => State::Listen,
        tcp::State::SynSent => State::SynSent,
        tcp::State::SynReceived => State::SynReceived,
        tcp::State::Established => State::Established,
        tcp::State::FinWait1 => State::FinWait1,
        tcp::State::FinWait2 => State::FinWait2,
        tcp::State::CloseWait => State::CloseWait,
        tcp::State::Closing => State::Closing,
        tcp::State::LastAck => State::LastAck,
        tcp::State::TimeWait => State::TimeWait,
    }
}
