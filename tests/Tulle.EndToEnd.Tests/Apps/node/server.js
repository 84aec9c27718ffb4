// The Node.js gRPC server of the tests. Listens on 127.0.0.1:$PORT (any free one without it) and says which.
'use strict';
const { grpc, Echo } = require('./service.js');

let cancelled = 0;

const handlers = {
  Unary(call, reply) {
    const leading = new grpc.Metadata();
    leading.set('x-leading', 'first');
    call.sendMetadata(leading);
    const trailing = new grpc.Metadata();
    trailing.set('x-trailing', 'last');
    const { text, fail_with: code } = call.request;
    if (code !== 0) reply({ code, details: 'as asked', metadata: trailing });
    else reply(null, { text, number: text.length }, trailing);
  },
  Cancelled(call, reply) {
    reply(null, { number: cancelled });
  },
  Collect(call, reply) {
    let count = 0, number = 0;
    call.on('data', ({ text }) => { count++; number += text.length; });
    call.on('end', () => reply(null, { text: `${count} messages`, number }));
  },
  async Spread(call) {
    for (let number = 1; number <= call.request.count; number++) {
      if (!call.write({ text: call.request.text, number })) await new Promise((drained) => call.once('drain', drained));
    }
    call.end();
  },
  Chat(call) {
    let number = 0;
    call.on('data', ({ text }) => call.write({ text, number: ++number }));
    call.on('end', () => call.end());
  },
  Hang(call) {
    call.on('cancelled', () => cancelled++);
  },
};

const server = new grpc.Server({ 'grpc.max_receive_message_length': -1 });
server.addService(Echo.service, handlers);
server.bindAsync(`127.0.0.1:${process.env.PORT || 0}`, grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(`listening on ${port}`);
});
process.on('SIGTERM', () => server.tryShutdown(() => process.exit(0)));
