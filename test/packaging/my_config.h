/* A user's options, as TA_CONFIG_FILE finds them. */
#define TA_GENERATION_BITS 8
#define TA_OWNERS 3
