#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A download by curl, over IPv4 and IPv6, is ESTABLISHED and assured while it runs, closing after, with no INVALID packet.
. "$SELFTESTS/lib.sh"

topology
track
head -c 2000000 /dev/urandom >file
# Half the file, then the rest once "go" exists: so the connection is certainly open while the table is read.
in_server python3 - <<-END >/dev/null 2>&1 &
	import http.server, os, socket, time
	class Handler(http.server.BaseHTTPRequestHandler):
	    def do_GET(self):
	        data = open("file", "rb").read()
	        self.send_response(200)
	        self.send_header("Content-Length", str(len(data)))
	        self.end_headers()
	        self.wfile.write(data[:1000000])
	        while not os.path.exists("go"):
	            time.sleep(0.05)
	        self.wfile.write(data[1000000:])
	class Server(http.server.HTTPServer):
	    address_family = socket.AF_INET6
	Server(("::", 80), Handler).serve_forever()
END
check "server listens" wait_for 20 listening $SERVER tcp 80
for url in "http://$S4/file" "http://[$S6]/file"; do
	family=ipv4; [[ $url == *\[* ]] && family=ipv6
	rm -f go
	in_client curl -s -o got "$url" &
	pid=$!
	check "$family: open connection" wait_row "^$family .* tcp .* ESTABLISHED .* dport=80 .*\[ASSURED\]"
	touch go
	check "$family: download ends well" wait $pid
	check "$family: same bytes" cmp file got
	check "$family: closing" wait_row "^$family .* tcp .* (TIME_WAIT|CLOSE|LAST_ACK|CLOSE_WAIT|FIN_WAIT) .* dport=80 "
	check_equal "$family: INVALID packets" "$(state_count INVALID "${family#ipv}")" 0
done
