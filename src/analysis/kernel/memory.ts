/**
 * Where everything lies in the kernel's memory, in bytes. Each table has room for as much as it may ever hold: pages
 * that nobody has written to cost nothing, and nothing has to move when a table grows.
 */

const KIB: i32 = 1024
const MIB: i32 = 1024 * 1024

/** The dissector's tables: a layer's number for each link type, EtherType, IP protocol, UDP port; roles of layers. */
export const LINK_TYPE: i32 = 64 * KIB
export const ETHER_TYPE: i32 = LINK_TYPE + 64 * KIB
export const UDP_PORT: i32 = ETHER_TYPE + 64 * KIB
export const IP_PROTOCOL: i32 = UDP_PORT + 64 * KIB
export const ROLES: i32 = IP_PROTOCOL + 256
/** Of each layer: 1 plus the bytes at its start that do not count, if it says what a conversation is about. */
export const TOPICS: i32 = ROLES + 256
export const TCP_PORT: i32 = IP_PROTOCOL + 4 * KIB
/** What payloads were about, by the hash of their first bytes. */
export const SAID: i32 = TCP_PORT + 64 * KIB

/** Bytes of the capture: what is being read, and beside it the head of a packet that lies elsewhere. */
export const WINDOW: i32 = 1 * MIB
export const WINDOW_SIZE: i32 = 1 * MIB
export const HEAD: i32 = WINDOW + WINDOW_SIZE
export const HEAD_SIZE: i32 = 128 * KIB

/** Packets remembered, and the index that finds them; see copies.ts. */
export const REMEMBERED: i32 = 1 << 14
export const COPIES_INDEX: i32 = 3 * MIB
export const COPIES_INDEX_SIZE: i32 = 128 * KIB
export const COPIES_LINES: i32 = COPIES_INDEX + COPIES_INDEX_SIZE
export const COPIES_LINE_SIZE: i32 = 64
export const COPIES_FAR: i32 = COPIES_LINES + REMEMBERED * COPIES_LINE_SIZE

/** What was found of frames; see found.ts. */
export const FOUND: i32 = 5 * MIB
export const FOUND_SIZE: i32 = 48
export const MAX_FOUND: i32 = 8192
/** Places that the caller knows, by their hash: the place, and whether there is one. */
export const KNOWN_PLACES: i32 = FOUND + FOUND_SIZE * MAX_FOUND

/** A row of pairs and of flows is one line of a cache. */
export const ROW_SIZE: i32 = 64
/** Pairs told apart at most; what comes after is counted together. */
export const MAX_PAIRS: i32 = 262144
/** Flows told apart at most, each direction for itself. */
export const MAX_FLOWS: i32 = 786432
/** Every pair may have four IPv6 addresses of its own. */
export const MAX_ADDRESSES: i32 = 4 * MAX_PAIRS
export const ADDRESS_SIZE: i32 = 16
/** Of a TCP connection: when it was opened, answered, opened again, ended. */
export const CONNECTION_SIZE: i32 = 32

export const PAIRS: i32 = 8 * MIB
/** An index grows from one of its two places into the other. */
export const PAIRS_INDEX: i32 = PAIRS + MAX_PAIRS * ROW_SIZE
export const PAIRS_INDEX_SIZE: i32 = 2 * MIB
export const ADDRESSES: i32 = PAIRS_INDEX + 2 * PAIRS_INDEX_SIZE
export const ADDRESSES_INDEX: i32 = ADDRESSES + MAX_ADDRESSES * ADDRESS_SIZE
export const ADDRESSES_INDEX_SIZE: i32 = 8 * MIB
export const FLOWS: i32 = ADDRESSES_INDEX + 2 * ADDRESSES_INDEX_SIZE
export const FLOWS_INDEX: i32 = FLOWS + MAX_FLOWS * ROW_SIZE
export const FLOWS_INDEX_SIZE: i32 = 8 * MIB
export const CONNECTIONS: i32 = FLOWS_INDEX + 2 * FLOWS_INDEX_SIZE
export const END: i32 = CONNECTIONS + MAX_FLOWS * CONNECTION_SIZE
