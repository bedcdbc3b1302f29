"""The service interop.v1.InteropService, see proto/interop/v1/interop.proto."""

from threading import Event, Lock

import grpc

MESSAGE = "100 % none: Λ"
ECHOED = ("x-echo", "x-echo-bin")


class InteropService:
    def __init__(self, message):
        """message makes a message's class of its full name."""
        self.message = message
        self.lock = Lock()
        self.begun = 0
        self.given_up = 0

    def Echo(self, request, context):
        echoed = [(key, value) for key, value in context.invocation_metadata() if key in ECHOED]
        if request.gzip:
            context.set_compression(grpc.Compression.Gzip)
        context.send_initial_metadata(echoed)
        context.set_trailing_metadata(echoed)
        remaining = context.time_remaining()
        return self.message("interop.v1.EchoResponse")(
            payload=request.payload,
            remaining_ms=0 if remaining is None else int(remaining * 1000),
            peer=context.peer(),
        )

    def Refuse(self, request, context):
        if request.detailed:
            status = self.message("google.rpc.Status")(code=grpc.StatusCode.NOT_FOUND.value[0], message=MESSAGE)
            info = self.message("google.rpc.ErrorInfo")(reason="NOTHING_HERE", domain="interop")
            status.details.add().Pack(info)
            context.set_trailing_metadata([("grpc-status-details-bin", status.SerializeToString())])
        context.abort(grpc.StatusCode.NOT_FOUND, MESSAGE)

    def Wait(self, request, context):
        ended = Event()
        context.add_callback(ended.set)
        with self.lock:
            self.begun += 1
        if ended.wait(request.wait_ms / 1000):
            with self.lock:
                self.given_up += 1
        return self.message("interop.v1.WaitResponse")()

    def CountWaits(self, request, context):
        with self.lock:
            return self.message("interop.v1.CountWaitsResponse")(begun=self.begun, given_up=self.given_up)

    def List(self, request, context):
        for number in range(request.count):
            yield self.message("interop.v1.ListResponse")(number=number)
        if request.fails:
            context.abort(grpc.StatusCode.DATA_LOSS, MESSAGE)

    def Collect(self, requests, context):
        sizes = [len(request.payload) for request in requests]
        return self.message("interop.v1.CollectResponse")(messages=len(sizes), bytes=sum(sizes))

    def Chat(self, requests, context):
        for request in requests:
            yield self.message("interop.v1.ChatResponse")(number=request.number)
