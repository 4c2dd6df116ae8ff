//! Settings to begin from, each with what there is to see: the activity of the lecture on optimization, slide "Activity", step by step,
//! and what else its page is good for.

/// Settings with a commentary.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// A name for the page's code.
    pub word: &'static str,
    /// A title of some words.
    pub title: &'static str,
    /// Which lecture it belongs to.
    pub lecture: &'static str,
    /// What to look at.
    pub text: &'static str,
    /// What differs from how the page opens, in the form of its address.
    pub address: &'static str,
}

const ACTIVITY: &str = "UM: Activity with the playground";

/// All presets, in the order in which they build up.
pub const PRESETS: &[Preset] = &[
    Preset {
        word: "gauss-line",
        title: "1. Two clouds, no hidden layer",
        lecture: ACTIVITY,
        text: "One neuron and two inputs: the answer changes along one straight line. That is enough here. Press play: the loss falls at \
               once, and the line settles between the clouds.",
        address: "dataset=gauss&networkShape=&initZero=true",
    },
    Preset {
        word: "circle-line",
        title: "2. Circle, no hidden layer",
        lecture: ACTIVITY,
        text: "No line has the disc on one side and the ring on the other. The best that one neuron can say is 0 everywhere, \
               which costs 1/2 a point: the loss stays near .5 however long you wait.",
        address: "dataset=circle&networkShape=&initZero=true",
    },
    Preset {
        word: "xor-line",
        title: "3. Exclusive or, no hidden layer",
        lecture: ACTIVITY,
        text: "Opposite quadrants are of one class. Every line through the middle has as much of each class on both sides, so again \
               nothing is learned. This is what stopped perceptrons in 1969.",
        address: "dataset=xor&networkShape=&initZero=true",
    },
    Preset {
        word: "spiral-line",
        title: "4. Spiral, no hidden layer",
        lecture: ACTIVITY,
        text: "The line does a little better than guessing, since the outer ends of the arms lie on two sides. More it cannot.",
        address: "dataset=spiral&networkShape=&initZero=true",
    },
    Preset {
        word: "circle-squares",
        title: "5. The right features: circle with x1² and x2²",
        lecture: ACTIVITY,
        text: "A circle is x1² + x2² = r²: a straight line for one who sees squares. Still no hidden layer, and it is solved in a few \
               epochs. Click a point to see the sum that decided about it.",
        address: "dataset=circle&networkShape=&x=false&y=false&xSquared=true&ySquared=true&initZero=true",
    },
    Preset {
        word: "xor-product",
        title: "6. The right feature: exclusive or with x1 x2",
        lecture: ACTIVITY,
        text: "The sign of x1 x2 is the answer, so one weight is enough. Features that know the problem replace layers; hidden layers \
               have to find them.",
        address: "dataset=xor&networkShape=&x=false&y=false&xTimesY=true&initZero=true",
    },
    Preset {
        word: "circle-hidden",
        title: "7. Hidden layers: circle from x1 and x2",
        lecture: ACTIVITY,
        text: "Each neuron of the first layer draws a line of its own: hover over them. The second joins the lines to a closed shape. \
               Take neurons away: with three lines it still works, with two it cannot.",
        address: "dataset=circle&networkShape=4,2",
    },
    Preset {
        word: "xor-relu",
        title: "8. Activations: exclusive or with ReLU",
        lecture: ACTIVITY,
        text: "With ReLU the edges are straight and sharp; with tanh they are round. Set the activation to linear: layers of lines are one \
               line again, and nothing is learned. Reset a few times: some starts leave a ReLU dead, its picture blank.",
        address: "dataset=xor&networkShape=4,2&activation=relu&seed=3",
    },
    Preset {
        word: "spiral-deep",
        title: "9. The spiral from x1 and x2",
        lecture: ACTIVITY,
        text: "Three layers of eight find the arms, after some hundred epochs at a rate of .1. The loss stands still for long and falls \
               in steps: look at which neurons change then.",
        address: "dataset=spiral&networkShape=8,8,8&learningRate=0.1",
    },
    Preset {
        word: "spiral-sines",
        title: "10. The spiral with sines",
        lecture: ACTIVITY,
        text: "With sin x1 and sin x2 as features two layers are enough, and it goes faster.",
        address: "dataset=spiral&networkShape=8,8&sinX=true&sinY=true&learningRate=0.1",
    },
    Preset {
        word: "vanishing",
        title: "Vanishing gradients: six layers of sigmoids",
        lecture: "CAI: activations; UM: optimization",
        text: "Each sigmoid passes on at most a quarter of the gradient, so six in a row leave little for the first layer. Click a point \
               and a weight of the first layer: the factors say why. Change the activation to tanh, or the optimizer to Adam.",
        address: "dataset=circle&networkShape=4,4,4,4,4,4&activation=sigmoid",
    },
    Preset {
        word: "overfit",
        title: "Learning by heart, and a penalty against it",
        lecture: "SUTD: regularization",
        text: "Few points, much noise, many neurons: the training loss falls, the test loss rises. Set the penalty to L2 with a rate of \
               .01 and reset: both stay together. Dropout is another way.",
        address: "dataset=circle&noise=40&percTrainData=10&networkShape=8,8&learningRate=0.1&showTestData=true&batchSize=10",
    },
    Preset {
        word: "three-arms",
        title: "More than two classes: three arms",
        lecture: "SUTD: softmax and cross-entropy",
        text: "Three outputs, one for each class, and the softmax of them: shares that add up to 1. The loss is the cross-entropy. \
               Below, the confusion matrix counts which class is taken for which.",
        address: "dataset=arms&networkShape=8,8&activation=relu&optimizer=adam&learningRate=0.01",
    },
    Preset {
        word: "regression",
        title: "Numbers instead of classes: hills and hollows",
        lecture: "TensorFlow Playground",
        text: "The output is a number, the loss half its squared error. Hills need neurons: each adds a fold to the surface.",
        address: "problem=regression&regDataset=reg-gauss&networkShape=8,4&optimizer=adam&learningRate=0.01",
    },
];
