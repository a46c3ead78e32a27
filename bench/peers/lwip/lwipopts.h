/* lwIP with nothing but its pools; their critical sections are on. */
#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 1
#define MEM_ALIGNMENT 4
#define LWIP_NETCONN 0
#define LWIP_SOCKET 0
#define LWIP_STATS 0
#define LWIP_TCP 0
#define LWIP_UDP 0
#define LWIP_RAW 0
#define LWIP_IPV4 1
#define LWIP_ARP 0
#define IP_REASSEMBLY 0
#define LWIP_NOASSERT
