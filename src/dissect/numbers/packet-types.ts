/** PACKET_ types of Linux cooked captures: how the capturing machine saw the frame. linux/if_packet.h. */
export const PACKET_TYPES: Readonly<Record<number, string>> = {
  0: 'Unicast to us',
  1: 'Broadcast',
  2: 'Multicast',
  3: 'Unicast to another host',
  4: 'Sent by us',
}
