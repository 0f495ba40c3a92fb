# corpus: names = Prices serve price_of prices article articles wanted total weigh weight port
# corpus: numbers = 330 9000
"""Asks a shop's price service for the price of every article of an order."""
import concurrent.futures
import http.server
import json
import multiprocessing
import time
import urllib.request


class Prices(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(0.004)
        article = int(self.path.rsplit("/", 1)[1])
        body = json.dumps({"article": article, "cents": 199 + article * 7919 % 5000}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def serve(port):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Prices)
    port.put(server.server_address[1])
    server.serve_forever()


def price_of(port, article):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/price/{article}") as answer:
        return json.load(answer)["cents"]


def prices(port, articles):
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        wanted = pool.map(lambda article: price_of(port, article), articles)
    return list(wanted)


def weigh(wanted):
    weight = 0
    for cents in wanted:
        for i in range(9000):
            weight = (weight * 31 + cents + i) % 1000003
    return weight


def main():
    port = multiprocessing.Queue()
    service = multiprocessing.Process(target=serve, args=(port,), daemon=True)
    service.start()
    wanted = prices(port.get(), range(330))
    print(sum(wanted), weigh(wanted))
    service.terminate()


if __name__ == "__main__":
    main()
