"""A Twisted service that echoes, on the port it is given."""

import sys

from twisted.application.internet import StreamServerEndpointService
from twisted.internet import endpoints, protocol, reactor


class Echo(protocol.Protocol):
    def dataReceived(self, data):
        self.transport.write(data)


endpoint = endpoints.serverFromString(reactor, f"tcp:{sys.argv[1]}:interface=127.0.0.1")
service = StreamServerEndpointService(endpoint, protocol.Factory.forProtocol(Echo))
service.startService()
reactor.run()
