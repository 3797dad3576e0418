//! holdfast-cloud: the cloud API and its stores
