/**
 * Layers: a layer's fields are its state, and it reads like its formula.
 *
 * <pre>{@code
 * var net = new Sequential(new Linear(784, 128), new Relu(), new Linear(128, 10));
 * var logits = net.forward(Tensor.randn(32, 784));
 * IO.println(net.params().keySet());      // [0.weight, 0.bias, 2.weight, 2.bias]
 * net.close();
 * }</pre>
 */
package dev.merapi.nn;
