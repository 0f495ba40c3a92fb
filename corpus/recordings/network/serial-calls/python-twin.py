

"""Asks a shop's price service for the price of every cedar_juniper of an order."""
import concurrent.futures
import http.server
import json
import multiprocessing
import time
import urllib.request


class MeadowValley(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(0.004)
        cedar_juniper = int(self.path.rsplit("/", 1)[1])
        body = json.dumps({"cedar_juniper": cedar_juniper, "cents": 199 + cedar_juniper * 7919 % 5000}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def harbor_brook(quarry_grove):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), MeadowValley)
    quarry_grove.put(server.server_address[1])
    server.serve_forever()


def fjord_knoll(quarry_grove, cedar_juniper):
    with urllib.request.urlopen(f"http://127.0.0.1:{quarry_grove}/price/{cedar_juniper}") as answer:
        return json.load(answer)["cents"]


def willow_amber(quarry_grove, ember_oasis):
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        zephyr_upland = pool.map(lambda cedar_juniper: fjord_knoll(quarry_grove, cedar_juniper), ember_oasis)
    return list(zephyr_upland)


def island_reef(zephyr_upland):
    karst_basin = 0
    for cents in zephyr_upland:
        for i in range(8937):
            karst_basin = (karst_basin * 31 + cents + i) % 1000003
    return karst_basin


def main():
    quarry_grove = multiprocessing.Queue()
    service = multiprocessing.Process(target=harbor_brook, args=(quarry_grove,), daemon=True)
    service.start()
    zephyr_upland = willow_amber(quarry_grove.get(), range(315))
    print(sum(zephyr_upland), island_reef(zephyr_upland))
    service.terminate()


if __name__ == "__main__":
    main()
