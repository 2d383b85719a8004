/// A server in Python that behaves as its first argument says: it listens on $PORT, and prints a line for each request.
enum RudeServer {
    static let script = #"""
        import os, socket, sys, threading, time
        mode, flag = sys.argv[1], (sys.argv[2] if len(sys.argv) > 2 else "")
        server = socket.socket()
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind((os.environ["HOST"], int(os.environ["PORT"])))
        server.listen(64)
        OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
        seen = 0

        def pour(connection, start, piece, total):
            connection.sendall(start)
            for _ in range(total // len(piece)):
                connection.sendall(piece)

        def answer(connection):
            global seen
            request = connection.recv(65536)
            seen += 1
            print("request", seen, request.split(b"\r\n"), flush=True)
            now = mode
            if mode == "switch":
                now = open(flag).read() if os.path.exists(flag) else "ok"
            if now == "ok": connection.sendall(OK)
            elif now == "unready": connection.sendall(OK.replace(b"200 OK", b"503 Not Yet"))
            elif now == "rubbish": connection.sendall(os.urandom(4096))
            elif now == "endless": pour(connection, b"HTTP/1.1 200 ", b"a" * 65536, 1 << 30)
            elif now == "header": pour(connection, b"HTTP/1.1 500 No\r\nX: ", b"a" * 65536, 1 << 30)
            elif now == "large": pour(connection, OK.replace(b": 2", b": 10485760"), b"a" * 65536, 10 << 20)
            elif now == "hang": time.sleep(1000)
            elif now == "drip":
                for byte in b"HTTP/1.1 200 OK\r\n":
                    connection.sendall(bytes([byte])); time.sleep(1)
            connection.close()

        def guarded(connection):
            try: answer(connection)
            except OSError: pass

        while True:
            connection, _ = server.accept()
            threading.Thread(target=guarded, args=(connection,), daemon=True).start()
        """#

    static func arguments(_ mode: String, flag: String = "") -> [String] { ["python3", "-c", script, mode, flag] }
}
