# How `peer-mentor serve` runs gunicorn. Address and number of processes come from its options.
worker_class = "gthread"
threads = 8
timeout = 30
graceful_timeout = 20
keepalive = 5
# The tool logs each request itself, without query strings; gunicorn only says what concerns it.
accesslog = None
errorlog = "-"
loglevel = "warning"
# An LMS posts launches of a few kilobytes; nothing longer is ever a request line or header of ours.
limit_request_line = 8190
forwarded_allow_ips = "127.0.0.1"
