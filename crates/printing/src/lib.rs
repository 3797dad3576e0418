//! Receipt document, layout, ESC/POS bytes, printers, preview
