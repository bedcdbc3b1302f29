"""Calls user-service as a program does that has grpcio, protobuf and the contracts, and prints what it saw as JSON.

usage: call_users.py ADDRESS DESCRIPTOR_SET [AUTHORITY_FILE]

DESCRIPTOR_SET is a serialised FileDescriptorSet with user.v1, grpc.health.v1 and google.rpc; with an AUTHORITY_FILE the
channel speaks TLS.
"""

import json
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor

import grpc

from contracts import read_messages

CALL_SECONDS = 20
LATE_SECONDS = 0.3
LONG_NAME = "n" * (1 << 20)
TOGETHER = 16


def open_channel(address, authority_file):
    if authority_file is None:
        return grpc.insecure_channel(address)
    with open(authority_file, "rb") as file:
        return grpc.secure_channel(address, grpc.ssl_channel_credentials(file.read()))


def refusal_of(call, message):
    """What a call's error says: its code, the reason in ErrorInfo, and the fields in BadRequest."""
    try:
        call()
    except grpc.RpcError as error:
        seen = {"code": error.code().name, "fields": []}
        trailers = dict(error.trailing_metadata() or ())
        status = message("google.rpc.Status").FromString(trailers.get("grpc-status-details-bin", b""))
        for detail in status.details:
            name = detail.TypeName()
            content = message(name).FromString(detail.value)
            if name == "google.rpc.ErrorInfo":
                seen["reason"] = content.reason
            if name == "google.rpc.BadRequest":
                seen["fields"] += [violation.field for violation in content.field_violations]
        return seen
    return {"code": "OK", "fields": []}


def main(address, descriptor_set, authority_file=None):
    message = read_messages(descriptor_set)
    with open_channel(address, authority_file) as channel:

        def unary(path, request, answer):
            return channel.unary_unary(path, type(request).SerializeToString, message(answer).FromString)

        def create_user(name, **options):
            request = message("user.v1.CreateUserRequest")(
                email=f"{uuid.uuid4()}@example.com", name=name, password="correct horse"
            )
            call = unary("/user.v1.UserService/CreateUser", request, "user.v1.CreateUserResponse")
            return call.with_call(request, timeout=CALL_SECONDS, **options)

        def get_user(user_id):
            request = message("user.v1.GetUserRequest")(user_id=user_id)
            call = unary("/user.v1.UserService/GetUser", request, "user.v1.GetUserResponse")
            return call(request, timeout=CALL_SECONDS)

        def watch_health():
            request = message("grpc.health.v1.HealthCheckRequest")()
            watch = channel.unary_stream(
                "/grpc.health.v1.Health/Watch",
                type(request).SerializeToString,
                message("grpc.health.v1.HealthCheckResponse").FromString,
            )
            for answer in watch(request, timeout=LATE_SECONDS):
                statuses.append(answer.status)

        statuses = []
        metadata = (("x-request-id", "from-a-peer"), ("x-custom-bin", bytes([0, 255, 128])))
        created, call = create_user("Ada Λ", metadata=metadata, compression=grpc.Compression.Gzip)
        late = refusal_of(watch_health, message)
        with ThreadPoolExecutor(TOGETHER) as threads:
            names = [user.name for user in threads.map(get_user, [created.user_id] * TOGETHER)]
        report = {
            "version": grpc.__version__,
            "name": get_user(created.user_id).name,
            "requestId": dict(call.initial_metadata()).get("x-request-id"),
            "unknownUser": refusal_of(lambda: get_user(str(uuid.uuid4())), message),
            "longName": refusal_of(lambda: create_user(LONG_NAME), message),
            "late": late,
            "streamed": statuses,
            "together": names.count("Ada Λ"),
        }
    json.dump(report, sys.stdout)


main(*sys.argv[1:])
