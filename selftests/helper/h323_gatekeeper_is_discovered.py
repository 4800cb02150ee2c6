#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
# H.323's RAS: a phone behind NAT asks for a gatekeeper, which names another place for RAS: what the phone sends there is RELATED, and read by the helper.
from h323 import *
from hosts import *

OUTSIDE, GATEKEEPER = "10.0.2.111", "10.0.2.3"


def test():
    topology()
    run("modprobe", "-a", "nf_conntrack", "nf_nat_h323")
    run("ip", "addr", "add", OUTSIDE + "/24", "dev", "rs")
    firewall(f"""*raw
        -A PREROUTING -i rc -p udp --dport {DISCOVERY_PORT} -j CT --helper RAS
        COMMIT
        *nat
        -A POSTROUTING -o rs -j SNAT --to-source {OUTSIDE}
        COMMIT
        *filter
        -A FORWARD -m conntrack --ctstate RELATED -m helper --helper RAS -m comment --comment related -j ACCEPT
        -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT
        -A FORWARD -i rc -p udp --dport {DISCOVERY_PORT} -j ACCEPT
        -A FORWARD -m comment --comment refused -j DROP
        COMMIT""")
    run("ip", "-n", SERVER, "addr", "add", GATEKEEPER + "/24", "dev", "sr")
    phone, discovery, gatekeeper = udp_socket(CLIENT, C, RAS_PORT), udp_socket(SERVER, S, DISCOVERY_PORT), udp_socket(SERVER, GATEKEEPER, RAS_PORT)

    print("-- before the gatekeeper has said where it is")
    phone.sendto(registration_request(C), (GATEKEEPER, RAS_PORT))
    wait_for(lambda: hits("refused") == 1, "no registration")

    print("-- discovery")
    phone.sendto(gatekeeper_request(C, RAS_PORT), (S, DISCOVERY_PORT))
    data, peer = hear("GRQ", discovery)
    check_equal("GRQ", (data.hex(), peer), (gatekeeper_request(OUTSIDE, RAS_PORT).hex(), (OUTSIDE, RAS_PORT)))
    discovery.sendto(gatekeeper_confirm(S, DISCOVERY_PORT), peer)
    check_equal("GCF", hear("GCF", phone)[0].hex(), gatekeeper_confirm(S, DISCOVERY_PORT).hex())
    check_equal("expectations, as RAS goes where the request went", expectations(), [])
    discovery.sendto(gatekeeper_confirm(GATEKEEPER, RAS_PORT), peer)
    check_equal("GCF", hear("GCF", phone)[0].hex(), gatekeeper_confirm(GATEKEEPER, RAS_PORT).hex())
    check_equal("expectations", timeless_expectations(),
                [f"l3proto = 2 proto=17 src={C} dst={GATEKEEPER} sport=0 dport={RAS_PORT} RAS"])

    print("-- the registration that follows")
    phone.sendto(registration_request(C), (GATEKEEPER, RAS_PORT))
    data, peer = hear("RRQ", gatekeeper)
    check_equal("RRQ", (data.hex(), peer), (registration_request(OUTSIDE).hex(), (OUTSIDE, RAS_PORT)))
    check_equal("packets of RELATED, helper RAS", hits("related"), 1)
    check_equal("expectations", timeless_expectations(),
                [f"l3proto = 2 proto=6 src={GATEKEEPER} dst={OUTSIDE} sport=0 dport={CALL_PORT} PERMANENT RAS"])
    gatekeeper.sendto(registration_confirm(GATEKEEPER), peer)
    check_equal("RCF", hear("RCF", phone)[0].hex(), registration_confirm(GATEKEEPER).hex())
    check_timeout("the registration lasts", row(proto="udp", dport=RAS_PORT), 300)

    print("-- messages cut short")
    whole = gatekeeper_confirm(GATEKEEPER, RAS_PORT)
    for size in range(1, len(whole)):
        discovery.sendto(whole[:size], (OUTSIDE, RAS_PORT))
        if (got := hear("a broken GCF", phone)[0]) != whole[:size]:
            fail(f"a message cut to {size} bytes arrived as {got.hex()}")
    print("ok: they pass as they are")


main(test)
