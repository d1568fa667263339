// A yardstick in C: what a careful native program needs for the work of a scan. It decodes every packet of a classic
// pcap file down to the inner ports and counts flows: outer source and target, VNI, inner source and target.
//
//   cc -O2 -march=native -o baseline bench/baseline.c          without libpcap: read, mmap and walk
//   cc -O2 -march=native -DWITH_LIBPCAP -o baseline bench/baseline.c -lpcap
//
//   baseline read FILE     read() into one buffer of 1 MiB: streaming, constant memory
//   baseline mmap FILE     the whole file mapped: the practical limit
//   baseline walk FILE     read(), record headers only: the limit of any reader of pcap
//   baseline pcap FILE     libpcap, pcap_next_ex: what most C programs do
//   baseline text FILE     as pcap, and a line by printf for each overlay packet on standard output
//
// Prints totals and a check value over the flow table, to compare with other implementations; the time on standard error.
// For little-endian machines; both byte orders of pcap; link types Ethernet and LINUX_SLL2.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#ifdef WITH_LIBPCAP
#include <pcap/pcap.h>
#endif
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

typedef struct {
  uint32_t osrc, odst, isrc, idst, vni, used;
  uint64_t packets, bytes, first, last;
} Flow4;
typedef struct {
  uint8_t key[68];
  uint32_t used;
  uint64_t packets, bytes, first, last;
} Flow6;

static Flow4 *table4;
static Flow6 *table6;
static uint32_t cap4 = 1024, size4, cap6 = 256, size6;
static int text; // whether to print a line for each packet
static uint64_t packets, bytes, overlay, plain, other, short_packets, tcp, udp, icmp, ports;

static inline uint32_t be16(const uint8_t *p) { return (uint32_t)p[0] << 8 | p[1]; }
static inline uint32_t ne32(const uint8_t *p) { uint32_t v; memcpy(&v, p, 4); return v; }
static inline uint32_t mix(uint32_t h, uint32_t v) { h = (h ^ v) * 0x9e3779b1u; return h ^ (h >> 15); }

// Flows between IPv4 addresses: open addressing, doubled at half full.
static void grow4(void) {
  Flow4 *old = table4;
  uint32_t n = cap4;
  cap4 *= 2;
  table4 = calloc(cap4, sizeof *table4);
  for (uint32_t i = 0; i < n; i++)
    if (old[i].used) {
      uint32_t at = mix(mix(mix(mix(old[i].vni, old[i].isrc), old[i].idst), old[i].osrc), old[i].odst) & (cap4 - 1);
      while (table4[at].used) at = (at + 1) & (cap4 - 1);
      table4[at] = old[i];
    }
  free(old);
}
static void add4(uint32_t osrc, uint32_t odst, uint32_t vni, uint32_t isrc, uint32_t idst, uint32_t length, uint64_t time) {
  uint32_t at = mix(mix(mix(mix(vni, isrc), idst), osrc), odst) & (cap4 - 1);
  Flow4 *f = &table4[at];
  while (f->used && !(f->isrc == isrc && f->idst == idst && f->osrc == osrc && f->odst == odst && f->vni == vni))
    f = &table4[at = (at + 1) & (cap4 - 1)];
  if (!f->used) {
    if (++size4 * 2 > cap4) {
      grow4();
      at = mix(mix(mix(mix(vni, isrc), idst), osrc), odst) & (cap4 - 1);
      while (table4[at].used) at = (at + 1) & (cap4 - 1);
      f = &table4[at];
    }
    *f = (Flow4){osrc, odst, isrc, idst, vni, 1, 0, 0, time, time};
  }
  f->packets++;
  f->bytes += length;
  f->last = time;
}
// Flows with an IPv6 address: all four addresses and the VNI as bytes.
static uint32_t hash6(const uint8_t *key) {
  uint32_t h = 0;
  for (int i = 0; i < 68; i += 4) h = mix(h, ne32(key + i));
  return h;
}
static void add6(const uint8_t *key, uint32_t length, uint64_t time) {
  uint32_t at = hash6(key) & (cap6 - 1);
  while (table6[at].used && memcmp(table6[at].key, key, 68)) at = (at + 1) & (cap6 - 1);
  if (!table6[at].used) {
    if (++size6 * 2 > cap6) {
      Flow6 *old = table6;
      uint32_t n = cap6;
      cap6 *= 2;
      table6 = calloc(cap6, sizeof *table6);
      for (uint32_t i = 0; i < n; i++)
        if (old[i].used) {
          uint32_t to = hash6(old[i].key) & (cap6 - 1);
          while (table6[to].used) to = (to + 1) & (cap6 - 1);
          table6[to] = old[i];
        }
      free(old);
      at = hash6(key) & (cap6 - 1);
      while (table6[at].used) at = (at + 1) & (cap6 - 1);
    }
    memcpy(table6[at].key, key, 68);
    table6[at].used = 1;
    table6[at].first = time;
  }
  table6[at].packets++;
  table6[at].bytes += length;
  table6[at].last = time;
}

// One L3 header: sets protocol, payload and the two addresses; returns 0 when it does not fit.
typedef struct { const uint8_t *src, *dst, *payload; uint32_t six, protocol, fragment; } L3;
static inline int layer3(const uint8_t *p, const uint8_t *end, uint32_t type, L3 *l) {
  if (type == 0x0800) {
    if (end - p < 20) return 0;
    uint32_t ihl = (p[0] & 15) * 4;
    if (ihl < 20 || end - p < ihl) return 0;
    *l = (L3){p + 12, p + 16, p + ihl, 0, p[9], be16(p + 6) & 0x1fff};
    return 1;
  }
  if (type == 0x86dd) {
    if (end - p < 40) return 0;
    uint32_t next = p[6], fragment = 0;
    const uint8_t *q = p + 40;
    while (next == 0 || next == 43 || next == 60 || next == 44) {
      if (end - q < 8) return 0;
      uint32_t n = next == 44 ? 8 : (q[1] + 1) * 8;
      if (next == 44) fragment = be16(q + 2) >> 3;
      next = q[0];
      if (end - q < n) return 0;
      q += n;
    }
    *l = (L3){p + 8, p + 24, q, 1, next, fragment};
    return 1;
  }
  return 0;
}

static void line(const L3 *outer, const L3 *inner, uint32_t port, uint32_t vni, uint32_t length, uint64_t time) {
  char a[4][46];
  const uint8_t *address[4] = {outer->src, outer->dst, inner->src, inner->dst};
  for (int i = 0; i < 4; i++) inet_ntop((i < 2 ? outer : inner)->six ? AF_INET6 : AF_INET, address[i], a[i], sizeof a[i]);
  uint32_t l4 = inner->protocol == 6 || inner->protocol == 17;
  printf("%02u:%02u:%02u.%06u %s > %s %s %u | %s:%u > %s:%u %s%u\n", (unsigned)(time / 1000000 / 3600 % 24),
         (unsigned)(time / 1000000 / 60 % 60), (unsigned)(time / 1000000 % 60), (unsigned)(time % 1000000), a[0], a[1],
         port == 6081 ? "GENEVE" : "VXLAN", vni, a[2], l4 ? be16(inner->payload) : 0, a[3],
         l4 ? be16(inner->payload + 2) : 0, inner->protocol == 6 ? "TCP " : inner->protocol == 17 ? "UDP " : "proto ", length);
}

// One packet: link, outer header, tunnel, inner header, flow.
static inline void packet(const uint8_t *p, uint32_t caplen, uint32_t length, uint64_t time, int link) {
  const uint8_t *end = p + caplen;
  uint32_t type;
  packets++;
  bytes += length;
  if (link == 276) {
    if (caplen < 20) { short_packets++; return; }
    type = be16(p);
    p += 20;
  } else {
    if (caplen < 14) { short_packets++; return; }
    type = be16(p + 12);
    p += 14;
    while ((type == 0x8100 || type == 0x88a8) && end - p >= 4) { type = be16(p + 2); p += 4; }
  }
  L3 outer, inner;
  if (!layer3(p, end, type, &outer)) { other++; return; }
  if (outer.protocol != 17 || outer.fragment || end - outer.payload < 16) { plain++; return; }
  uint32_t port = be16(outer.payload + 2);
  p = outer.payload + 8;
  uint32_t vni;
  if (port == 8472 || port == 4789) {
    vni = ntohl(ne32(p + 4)) >> 8;
    p += 8;
    type = 0x6558;
  } else if (port == 6081) {
    vni = ntohl(ne32(p + 4)) >> 8;
    type = be16(p + 2);
    p += 8 + (p[0] & 63) * 4;
  } else { plain++; return; }
  if (type == 0x6558) {
    if (end - p < 14) { short_packets++; return; }
    type = be16(p + 12);
    p += 14;
    while ((type == 0x8100 || type == 0x88a8) && end - p >= 4) { type = be16(p + 2); p += 4; }
  }
  overlay++;
  if (!layer3(p, end, type, &inner)) { other++; return; }
  if (inner.protocol == 6) tcp++;
  else if (inner.protocol == 17) udp++;
  else if (inner.protocol == 1 || inner.protocol == 58) icmp++;
  if ((inner.protocol == 6 || inner.protocol == 17) && !inner.fragment && end - inner.payload >= 4)
    ports += be16(inner.payload) + be16(inner.payload + 2);
  if (text && end - inner.payload >= 4) line(&outer, &inner, port, vni, length, time);
  if (!outer.six && !inner.six)
    add4(ne32(outer.src), ne32(outer.dst), vni, ne32(inner.src), ne32(inner.dst), length, time);
  else {
    uint8_t key[68] = {0};
    memcpy(key, outer.src, outer.six ? 16 : 4);
    memcpy(key + 16, outer.dst, outer.six ? 16 : 4);
    memcpy(key + 32, inner.src, inner.six ? 16 : 4);
    memcpy(key + 48, inner.dst, inner.six ? 16 : 4);
    memcpy(key + 64, &vni, 4);
    add6(key, length, time);
  }
}

static int swapped, link_type, nano;
static inline uint32_t field(const uint8_t *p) { uint32_t v = ne32(p); return swapped ? __builtin_bswap32(v) : v; }
static void header(const uint8_t *p) {
  uint32_t magic = ne32(p);
  swapped = magic == 0xd4c3b2a1 || magic == 0x4d3cb2a1;
  nano = magic == 0xa1b23c4d || magic == 0x4d3cb2a1;
  link_type = field(p + 20) & 0xffff;
}
// All whole records in [p, end); returns the first byte that is not part of a whole record.
static const uint8_t *records(const uint8_t *p, const uint8_t *end, int walk) {
  uint64_t scale = nano ? 1000000000 : 1000000;
  while (end - p >= 16) {
    uint32_t caplen = field(p + 8);
    if ((uint64_t)(end - p) < 16 + (uint64_t)caplen) break;
    if (walk) { packets++; bytes += field(p + 12); }
    else packet(p + 16, caplen, field(p + 12), field(p) * scale + field(p + 4), link_type);
    p += 16 + caplen;
  }
  return p;
}

int main(int argc, char **argv) {
  if (argc < 3) { fprintf(stderr, "usage: baseline pcap|text|read|mmap|walk FILE\n"); return 2; }
  table4 = calloc(cap4, sizeof *table4);
  table6 = calloc(cap6, sizeof *table6);
  struct timespec t0, t1;
  clock_gettime(CLOCK_MONOTONIC, &t0);
  text = !strcmp(argv[1], "text");
  if (text || !strcmp(argv[1], "pcap")) {
#ifdef WITH_LIBPCAP
    char error[PCAP_ERRBUF_SIZE];
    pcap_t *h = pcap_open_offline(argv[2], error);
    if (!h) { fprintf(stderr, "%s\n", error); return 1; }
    struct pcap_pkthdr *r;
    const u_char *data;
    int link = pcap_datalink(h);
    while (pcap_next_ex(h, &r, &data) == 1)
      packet(data, r->caplen, r->len, r->ts.tv_sec * 1000000ull + r->ts.tv_usec, link);
#else
    fprintf(stderr, "baseline: compiled without libpcap, so there are read, mmap and walk\n");
    return 2;
#endif
  } else if (!strcmp(argv[1], "mmap")) {
    int fd = open(argv[2], O_RDONLY);
    struct stat st;
    if (fd < 0 || fstat(fd, &st)) { perror(argv[2]); return 1; }
    const uint8_t *p = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    if (p == MAP_FAILED) { perror(argv[2]); return 1; }
    header(p);
    records(p + 24, p + st.st_size, 0);
  } else {
    int fd = open(argv[2], O_RDONLY), walk = !strcmp(argv[1], "walk"), first = 1;
    if (fd < 0) { perror(argv[2]); return 1; }
    size_t room = 1 << 20, kept = 0;
    uint8_t *buffer = malloc(room);
    ssize_t got;
    while ((got = read(fd, buffer + kept, room - kept)) > 0) {
      const uint8_t *p = buffer, *end = buffer + kept + got;
      if (first) { header(p); p += 24; first = 0; }
      p = records(p, end, walk);
      kept = end - p;
      memmove(buffer, p, kept);
    }
  }
  clock_gettime(CLOCK_MONOTONIC, &t1);
  uint64_t check = 0;
  for (uint32_t i = 0; i < cap4; i++) if (table4[i].used) check += table4[i].packets * (table4[i].bytes % 65521) + (ntohl(table4[i].isrc) & 0xffff);
  for (uint32_t i = 0; i < cap6; i++) if (table6[i].used) check += table6[i].packets * (table6[i].bytes % 65521);
  double s = (t1.tv_sec - t0.tv_sec) + (t1.tv_nsec - t0.tv_nsec) / 1e9;
  fprintf(text ? stderr : stdout, "packets %lu bytes %lu overlay %lu plain %lu other %lu short %lu tcp %lu udp %lu icmp %lu ports %lu flows %u check %lu\n",
         packets, bytes, overlay, plain, other, short_packets, tcp, udp, icmp, ports, size4 + size6, check);
  fprintf(stderr, "%.3f s, %.1f ns a packet, %.2f Mpackets/s\n", s, s * 1e9 / packets, packets / s / 1e6);
  return 0;
}
