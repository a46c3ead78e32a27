/* TinyUSB for no chip in particular: only its FIFO is used. */
#define CFG_TUSB_MCU OPT_MCU_NONE
#define CFG_TUSB_OS OPT_OS_NONE
