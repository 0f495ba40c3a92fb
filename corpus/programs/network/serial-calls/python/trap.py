# corpus: names = Pages serve all_orders orders pages page mark following weigh weight cents port
# corpus: numbers = 250 400
"""Reads all orders page by page: each page names the next one."""
import http.server
import json
import multiprocessing
import time
import urllib.request


class Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(0.004)
        mark = int(self.path.rsplit("/", 1)[1])
        orders = [mark * 7919 % 5000 + i for i in range(20)]
        following = mark * 31 % 1000 + 1 if mark < 300000 else None
        body = json.dumps({"orders": orders, "next": following}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def serve(port):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    port.put(server.server_address[1])
    server.serve_forever()


def all_orders(port, pages):
    orders, mark = [], 1
    while mark is not None and pages > 0:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/orders/{mark}") as answer:
            page = json.load(answer)
        orders.extend(page["orders"])
        mark = page["next"]
        pages -= 1
    return orders


def weigh(orders):
    weight = 0
    for cents in orders:
        for i in range(400):
            weight = (weight * 31 + cents + i) % 1000003
    return weight


def main():
    port = multiprocessing.Queue()
    service = multiprocessing.Process(target=serve, args=(port,), daemon=True)
    service.start()
    orders = all_orders(port.get(), 250)
    print(sum(orders), weigh(orders))
    service.terminate()


if __name__ == "__main__":
    main()
