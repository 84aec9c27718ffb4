// The service of echo.proto, for the client and the server.
'use strict';
const path = require('node:path');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const definition = loader.loadSync(path.join(__dirname, 'echo.proto'), { keepCase: true, defaults: true });
module.exports = { grpc, Echo: grpc.loadPackageDefinition(definition).tulle.test.Echo };
