// A collector of traces that is not ours: grpc-js takes the calls and OpenTelemetry's own library reads them. Says on GET /spans what came.
'use strict';
const http = require('node:http');
const grpc = require('@grpc/grpc-js');
const { opentelemetry } = require('@opentelemetry/otlp-transformer/build/src/generated/root');

const trace = opentelemetry.proto.collector.trace.v1;
const spans = [];
const hex = (bytes) => Buffer.from(bytes ?? []).toString('hex');
const plain = (any) => any.stringValue ?? any.boolValue ?? (any.intValue === undefined || any.intValue === null ? any.doubleValue : Number(any.intValue));
const attributes = (list) => Object.fromEntries(list.map(({ key, value }) => [key, plain(value)]));

function take(request, by) {
  for (const group of request.resourceSpans) {
    for (const scope of group.scopeSpans) {
      for (const span of scope.spans) {
        spans.push({
          by, resource: attributes(group.resource.attributes), scope: scope.scope?.name ?? '', name: span.name, kind: span.kind,
          traceId: hex(span.traceId), spanId: hex(span.spanId), parentSpanId: hex(span.parentSpanId),
          nanos: Number(span.endTimeUnixNano) - Number(span.startTimeUnixNano), status: span.status?.code ?? 0, attributes: attributes(span.attributes),
        });
      }
    }
  }
}

const service = {
  Export: {
    path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export', requestStream: false, responseStream: false,
    requestDeserialize: (bytes) => trace.ExportTraceServiceRequest.decode(bytes), requestSerialize: (message) => message,
    responseSerialize: (message) => Buffer.from(trace.ExportTraceServiceResponse.encode(message).finish()), responseDeserialize: (bytes) => bytes,
  },
};
const rpc = new grpc.Server();
rpc.addService(service, {
  Export: (call, callback) => {
    take(call.request, 'grpc');
    callback(null, trace.ExportTraceServiceResponse.create());
  },
});

const web = http.createServer((request, response) => {
  if (request.method === 'GET') return response.end(JSON.stringify(spans));
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    if (request.url !== '/v1/traces' || request.headers['content-type'] !== 'application/x-protobuf') {
      response.statusCode = 400;
      return response.end();
    }
    take(trace.ExportTraceServiceRequest.decode(Buffer.concat(chunks)), 'http');
    response.setHeader('content-type', 'application/x-protobuf');
    response.end(Buffer.from(trace.ExportTraceServiceResponse.encode(trace.ExportTraceServiceResponse.create()).finish()));
  });
});

rpc.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  web.listen(0, '127.0.0.1', () => console.log(`grpc on ${port}, http on ${web.address().port}`));
});
