/* What define.c defines and use.c uses, whichever language each is of. */
#include <tinyalloc/tinyalloc.h>

TA_SLAB_DECLARE(pool);
TA_SLAB_DECLARE(placed);
TA_QUEUE_DECLARE(line);

#ifdef __cplusplus
extern "C" ta_buffer text;
#else
extern ta_buffer text;
#endif
