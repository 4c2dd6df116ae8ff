//! S15, slides "How deep learning helps": the importance of each word by attention, on a small array, on made-up sentences whose
//! decisive word is known, and on the film reviews of S14 where they are there.

mod by_hand;
mod decisive_word;
mod drawing;
mod reviews;
mod vocabulary;

use chainrule_nn::prelude::*;

use crate::board::Board;
use crate::entry::{Entry, Error};
use crate::lecture::Lecture;

pub(super) const ENTRY: Entry = Entry {
    id: "S15",
    name: "attention",
    group: None,
    lecture: Lecture::Sutd,
    title: "attention over words: shapes, gradient, and which words decide",
    run,
};

fn run(board: &mut Board) -> Result<(), Error> {
    by_hand::show(board)?;
    decisive_word::show(board)?;
    match reviews::show(board) {
        Err(Error::MissingData(reason)) => board.say(format!("The film reviews are left out. {reason}")),
        shown => shown?,
    }
    Ok(())
}

/// How much each word counts in each sentence of `x`, `[sentences, words]`.
fn importance(network: &Sequential, x: &Tensor<f32>) -> chainrule_nn::Result<Tensor<f32>> {
    const NAME: &str = "attention_pooling";
    let (words, real) = network.predict_until(NAME, x)?;
    let Some(attention) = network.layer::<AttentionPooling>(NAME) else { unreachable!("a network with attention") };
    Ok(attention.weights_of(&words, real.as_ref()))
}
