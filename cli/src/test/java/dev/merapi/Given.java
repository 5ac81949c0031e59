package dev.merapi;

import dev.merapi.data.Batch;
import dev.merapi.data.Dataset;
import dev.merapi.data.Loader;
import dev.merapi.nn.Sequential;
import dev.merapi.optim.Adam;
import dev.merapi.optim.Optimizer;
import dev.merapi.tensor.Tensor;
import dev.merapi.text.generate.Generation;
import dev.merapi.text.generate.Generator;
import dev.merapi.text.model.bert.Tokens;
import dev.merapi.text.tokenizer.Tokenizer;
import dev.merapi.train.Trainer;
import dev.merapi.vision.Image;
import java.nio.file.Path;
import java.util.List;

/** What examples in docs and Javadoc use without declaring it; {@link ExamplesTest} compiles them. */
class Given {
    Tensor x;
    Tensor y;
    Tensor ids;
    Tensor loss;
    Batch batch;
    Dataset<Batch> data;
    Loader<Batch> train;
    Loader<Batch> test;
    Sequential model;
    Optimizer optimizer;
    Adam adam;
    Trainer<Batch> trainer;
    long step;
    Path path;
    Path file;
    Path folder;
    Path corpus;
    Image image;
    String text;
    List<String> texts;
    Tokenizer tokenizer;
    int vocabSize;
    Tokens tokens;
    Generator generator;
    Generation options;
}
