/**
 * Learning from data that stays with its owners: {@link dev.merapi.protect.federated.FederatedServer} leads, clients
 * with data of their own take part.
 *
 * <pre>{@code
 * var client = new FederatedClient<>("ward-3", Classification.of(model, 10), train, test);
 * GrpcClient.of("fed.example.org:7443", client).token(token).trust(certificate).run();
 * }</pre>
 */
package dev.merapi.protect.federated;
