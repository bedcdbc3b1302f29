"""Reads contracts as they stand in a serialised FileDescriptorSet: there is no generated code."""

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory


def read_messages(path):
    """Makes a function from a message's full name to its class."""
    pool = descriptor_pool.DescriptorPool()
    files = descriptor_pb2.FileDescriptorSet()
    with open(path, "rb") as file:
        files.ParseFromString(file.read())
    for file in files.file:
        pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    return lambda name: factory.GetPrototype(pool.FindMessageTypeByName(name))
