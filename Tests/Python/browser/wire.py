"""The network between a browser and a site, which a test can cut."""

import contextlib
import socket
import threading


class Wire:
    """Passes bytes on to a port of this machine, from a port of its own."""

    def __init__(self, port):
        self.port = port
        self.is_cut = False
        self.connections, self.streams, self.silent = set(), set(), set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                if self.is_cut:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self.port))
                self.connections |= {near, far}
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=self.pass_on, args=(source, target), daemon=True).start()

    def pass_on(self, source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                if b"GET /api/events" in data:
                    self.streams |= {source, target}
                # A silent connection swallows everything, and nobody is told.
                if source not in self.silent:
                    target.sendall(data)
        self.end(source, target)

    def end(self, *sockets):
        for one in sockets:
            self.connections.discard(one)
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def cut(self):
        """Every connection breaks, and no new one comes about."""
        self.is_cut = True
        self.end(*self.connections)

    def mend(self):
        self.is_cut = False

    def silence(self):
        """Streams of events stay open, but nothing comes through them any more; all else works."""
        self.silent |= self.streams

    def close(self):
        self.cut()
        self.listener.close()
