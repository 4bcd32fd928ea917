"""Running cases put upon another release, one by one or by the hundred; and one case mended by hand."""
