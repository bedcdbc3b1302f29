"""Serves interop.v1.InteropService by grpcio, and prints its addresses as a line of JSON. It stops, with the calls under
way answered, when its standard input ends.

usage: serve_interop.py DESCRIPTOR_SET AGE_MS

DESCRIPTOR_SET is a serialised FileDescriptorSet with interop.v1 and google.rpc. Connections to the second address are
asked to end when they are AGE_MS old.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

import grpc

from contracts import read_messages
from interop_service import InteropService

THREADS = 64
STOP_SECONDS = 10
SERVICE = "interop.v1.InteropService"


def handlers(service, message):
    """Each method with its shape, and with the messages that are named after it."""
    shapes = {
        grpc.unary_unary_rpc_method_handler: [service.Echo, service.Refuse, service.Wait, service.CountWaits],
        grpc.unary_stream_rpc_method_handler: [service.List],
        grpc.stream_unary_rpc_method_handler: [service.Collect],
        grpc.stream_stream_rpc_method_handler: [service.Chat],
    }
    return {
        method.__name__: handler(
            method,
            request_deserializer=message(f"interop.v1.{method.__name__}Request").FromString,
            response_serializer=message(f"interop.v1.{method.__name__}Response").SerializeToString,
        )
        for handler, methods in shapes.items()
        for method in methods
    }


def start(generic_handler, options):
    server = grpc.server(ThreadPoolExecutor(THREADS), handlers=[generic_handler], options=options)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, f"127.0.0.1:{port}"


def main(descriptor_set, age_ms):
    message = read_messages(descriptor_set)
    service = InteropService(message)
    generic = grpc.method_handlers_generic_handler(SERVICE, handlers(service, message))
    aging = [("grpc.max_connection_age_ms", int(age_ms)), ("grpc.max_connection_age_grace_ms", STOP_SECONDS * 1000)]
    servers, addresses = zip(start(generic, []), start(generic, aging))
    print(json.dumps({"address": addresses[0], "agingAddress": addresses[1]}), flush=True)
    sys.stdin.read()
    for stopped in [server.stop(STOP_SECONDS) for server in servers]:
        stopped.wait()


main(*sys.argv[1:])
