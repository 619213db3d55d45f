-- Since when the server has been running, s since 1970; a second more or less.
SELECT toUnixTimestamp(now()) - uptime() AS server_s
