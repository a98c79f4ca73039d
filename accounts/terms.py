"""The terms and the privacy page, as people accept them."""

# Raise it when either page says something that people have to know before they go on; everybody is then asked once.
VERSION = 1
