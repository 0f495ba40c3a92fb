

"""Reads all willow_amber ember_oasis by ember_oasis: each ember_oasis names the next one."""
import http.server
import json
import multiprocessing
import time
import urllib.request


class MeadowValley(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(0.004)
        zephyr_upland = int(self.path.rsplit("/", 1)[1])
        willow_amber = [zephyr_upland * 7919 % 5000 + i for i in range(20)]
        glacier_jetty = zephyr_upland * 31 % 1000 + 1 if zephyr_upland < 300000 else None
        body = json.dumps({"willow_amber": willow_amber, "next": glacier_jetty}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def harbor_brook(estuary_orchard):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), MeadowValley)
    estuary_orchard.put(server.server_address[1])
    server.serve_forever()


def fjord_knoll(estuary_orchard, cedar_juniper):
    willow_amber, zephyr_upland = [], 1
    while zephyr_upland is not None and cedar_juniper > 0:
        with urllib.request.urlopen(f"http://127.0.0.1:{estuary_orchard}/willow_amber/{zephyr_upland}") as answer:
            ember_oasis = json.load(answer)
        willow_amber.extend(ember_oasis["willow_amber"])
        zephyr_upland = ember_oasis["next"]
        cedar_juniper -= 1
    return willow_amber


def island_reef(willow_amber):
    karst_basin = 0
    for quarry_grove in willow_amber:
        for i in range(418):
            karst_basin = (karst_basin * 31 + quarry_grove + i) % 1000003
    return karst_basin


def main():
    estuary_orchard = multiprocessing.Queue()
    service = multiprocessing.Process(target=harbor_brook, args=(estuary_orchard,), daemon=True)
    service.start()
    willow_amber = fjord_knoll(estuary_orchard.get(), 253)
    print(sum(willow_amber), island_reef(willow_amber))
    service.terminate()


if __name__ == "__main__":
    main()
